// What may stand at the cursor in the code of a mail: elements, attributes and their values, classes, merge fields, filters and links. No editor in here.

import type { State, Words } from "./asks.ts";
import { say } from "./words.ts";

/** `put` in the place of what was typed of it; the cursor then stands `caret` characters into it, or behind it. */
export interface Offer {
  label: string;
  detail?: string;
  put: string;
  caret?: number;
}

export interface Offers {
  /** Where what was typed begins. */
  from: number;
  offers: Offer[];
}

export interface Known extends Words {
  attributes: State["known"];
  fields: State["fields"];
  links: Record<string, string>;
}

const HIDDEN = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}|<!--[\s\S]*?-->/g;
const OPEN_JINJA = /\{([{%#])((?:(?!\}\}|%\}|#\})[\s\S])*)$/;
const TAG = /<(\/?)([\w-]+)((?:"[^"]*"|'[^']*'|[^>"'])*)>/g;
const QUOTED = /"[^"]*"|'[^']*'/g;
/** Behind these, and only there, an expression goes on with a value. */
const WANTS_VALUE = /(?:^[-+]?|[(,=<>+*/~[]|\b(?:if|elif|in|and|or|not|set\s+\w+\s*=))\s*$/;
const LINK = "link";
const KEYWORDS = ["if", "elif", "else", "endif", "for", "endfor", "set", "include", "block", "endblock"];

/**
 * What may stand between *before*, all the text up to the cursor, and *after*, the rest of its line; null where that is nothing.
 *
 * asked  whether somebody pressed the key for it: else nothing is offered in a tag until a letter is typed, so that Enter stays Enter.
 */
export function offersAt(before: string, after: string, known: Known, asked: boolean): Offers | null {
  const jinja = OPEN_JINJA.exec(before);
  if (jinja) return jinja[1] === "#" ? null : inJinja(before, after, jinja[1] === "{", jinja[2] ?? "", known);
  if (/^---[ \t]*\r?\n/.test(before) && !/\n---[ \t]*\r?\n/.test(before)) return null; // in the front matter
  const plain = before.replace(HIDDEN, (hidden) => "~".repeat(hidden.length));
  const tag = openTag(plain);
  if (tag === null) return null;
  const typed = /^<(\/?)([\w-]*)$/.exec(tag);
  if (typed) {
    const from = before.length - (typed[2] ?? "").length;
    const names = open(plain.slice(0, plain.length - tag.length));
    return some(from, typed[1] ? ends(names, after) : elements(names, known));
  }
  return inTag(before, after, tag, known, asked);
}

const some = (from: number, offers: Offer[]): Offers | null => (offers.length ? { from, offers } : null);

// ---------------------------------------------------------------- elements

/** The tag that the cursor stands in, from its `<`; null outside of one. */
function openTag(plain: string): string | null {
  const at = plain.lastIndexOf("<");
  if (at < 0) return null;
  const tag = plain.slice(at);
  return tag
    .replace(QUOTED, "")
    .replace(/["'].*$/s, "")
    .includes(">")
    ? null
    : tag;
}

/** The elements of MJML that are open at the end of *plain*, the innermost last. */
function open(plain: string): string[] {
  const found: string[] = [];
  for (const [, slash, name = "", rest = ""] of plain.matchAll(TAG)) {
    if (!name.startsWith("mj") || rest.endsWith("/")) continue;
    if (!slash) found.push(name);
    else if (found.includes(name)) found.length = found.lastIndexOf(name);
  }
  return found;
}

function elements(names: string[], known: Known): Offer[] {
  const parent = names.at(-1);
  const tags = parent === undefined ? outermost(known) : (known.children[parent] ?? []);
  return tags.map((label) => ({ label, put: label }));
}

/** What stands in the blocks of a layout: in a column, or where the layout leaves the whole page. */
const outermost = (known: Known) => [
  ...new Set([...(known.children["mj-column"] ?? []), ...(known.children["mj-body"] ?? []), "mjml"]),
];

function ends(names: string[], after: string): Offer[] {
  const name = names.at(-1);
  return name ? [{ label: name, put: after.startsWith(">") ? name : `${name}>` }] : [];
}

function inTag(before: string, after: string, tag: string, known: Known, asked: boolean): Offers | null {
  const name = /^<([\w-]+)/.exec(tag)?.[1] ?? "";
  const attributes = known.attributes[name];
  if (!attributes) return null;
  const unquoted = tag.replace(QUOTED, (value) => `"${" ".repeat(value.length - 2)}"`);
  const inside = /([\w-]+)\s*=\s*["']([^"']*)$/.exec(unquoted);
  if (inside) {
    const typed = /[^\s]*$/.exec(inside[2] ?? "")?.[0] ?? "";
    const values =
      inside[1] === "mj-class" ? known.classes : choices(name, inside[1] ?? "", inside[2] ?? "", known);
    return some(
      before.length - typed.length,
      values.map((label) => ({ label, put: label })),
    );
  }
  const typed = /\s([\w-]*)$/.exec(unquoted)?.[1];
  if (typed === undefined || (!typed && !asked)) return null;
  const has = new Set([...unquoted.matchAll(/([\w-]+)\s*=/g)].map((each) => each[1]));
  const offers = attributes
    .filter((label) => !has.has(label))
    .map((label) =>
      after.startsWith("=") ? { label, put: label } : { label, put: `${label}=""`, caret: label.length + 2 },
    );
  return some(before.length - typed.length, offers);
}

/** The values of an attribute that has few; none behind the first, for it takes one alone. */
function choices(element: string, attribute: string, typed: string, known: Known): string[] {
  const found = known.choices[element]?.[attribute] ?? known.choices[""]?.[attribute] ?? [];
  return /\s/.test(typed) ? [] : found;
}

// ---------------------------------------------------------------- Jinja

function inJinja(
  before: string,
  after: string,
  isValue: boolean,
  written: string,
  known: Known,
): Offers | null {
  const link = /\blink\(\s*(["'])([\w-]*)$/.exec(written);
  if (link) {
    const names = Object.entries(known.links).map(([label, detail]) => ({ label, detail, put: label }));
    return some(before.length - (link[2] ?? "").length, names);
  }
  if (/["']/.test(written.replace(QUOTED, ""))) return null; // in a text
  const filter = /\|\s*(\w*)$/.exec(written);
  if (filter) {
    const filters = known.filters.map(({ name, put }) => ({ label: name, put, ...inQuotes(put) }));
    return some(before.length - (filter[1] ?? "").length, filters);
  }
  const keyword = /^[-+]?\s*(\w*)$/.exec(written);
  if (!isValue && keyword) {
    const words = KEYWORDS.map((label) => ({ label, put: label }));
    return some(before.length - (keyword[1] ?? "").length, words);
  }
  const typed = /[a-zA-Z_][\w.]*$/.exec(written)?.[0] ?? "";
  const above = written.slice(0, written.length - typed.length);
  if (!WANTS_VALUE.test(above)) return null;
  const hasEnd = /^\s*\||^[^{]*\}\}/.test(after);
  const isWhole = isValue && !hasEnd && /^[-+]?\s*$/.test(above);
  return some(before.length - typed.length, values(known, isWhole));
}

/** Every value; where it is the whole of `{{`, with what is said of a lead without it, and with the end. */
function values(known: Known, isWhole: boolean): Offer[] {
  const offers = [...known.fields, ...known.values].map(({ name, words, sure }) => {
    if (!isWhole) return { label: name, detail: words, put: name };
    const put = sure ? `${name} }}` : `${name}|default('', true) }}`;
    return { label: name, detail: words, put, ...(sure ? {} : inQuotes(put)) };
  });
  const link = isWhole ? "link('') }}" : "link('')";
  return [...offers, { label: LINK, detail: say("a named link"), put: link, ...inQuotes(link) }];
}

/** The cursor between two quotes with nothing in between, where there are such. */
function inQuotes(put: string): { caret?: number } {
  const at = put.indexOf("''");
  return at < 0 ? {} : { caret: at + 1 };
}
