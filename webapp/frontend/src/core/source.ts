// What stands in the source of a text: values, conditions, tags and entities, each with its place, so that they can be drawn
// as what they mean while the source stays as it is.

export interface Token {
  kind: "value" | "bracket" | "note" | "open" | "close" | "break" | "entity";
  from: number;
  to: number;
  /** The tag, in lower case; of an entity the character it stands for. */
  name: string;
  source: string;
}

const JINJA = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/;
const TAG = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/;
const ENTITY = /&(#\d{1,7}|#x[\da-fA-F]{1,6}|[a-zA-Z]\w{1,30});/;
const HTML = new RegExp(`(${JINJA.source})|${TAG.source}|${ENTITY.source}`, "g");
const PLAIN = new RegExp(`(${JINJA.source})`, "g");
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The tokens of *source*: HTML with Jinja, or a line of Jinja alone. */
export function tokens(source: string, isHtml: boolean): Token[] {
  const found: Token[] = [];
  for (const match of source.matchAll(isHtml ? HTML : PLAIN)) {
    const token = { from: match.index, to: match.index + match[0].length, source: match[0] };
    if (match[1]) {
      const kind = match[1].startsWith("{{") ? "value" : match[1].startsWith("{%") ? "bracket" : "note";
      found.push({ ...token, kind, name: "" });
    } else if (match[5]) {
      const name = character(match[5]);
      if (name) found.push({ ...token, kind: "entity", name });
    } else {
      const name = (match[3] ?? "").toLowerCase();
      const kind = !name ? "note" : name === "br" ? "break" : match[2] ? "close" : "open";
      found.push({ ...token, kind, name });
    }
  }
  return found;
}

function character(entity: string): string {
  if (entity.startsWith("#")) {
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : "";
  }
  return NAMED[entity] ?? "";
}

export interface Chip {
  /** `lead.first_name`, `programme.name`, or a whole expression that is no field. */
  field: string;
  /** What is said where the lead has no such value; null where nothing was written. */
  fallback: string | null;
}

const VALUE =
  /^\{\{-?\s*([\w.]+)\s*(?:\|\s*default\(\s*(?:'([^']*)'|"([^"]*)")\s*(?:,\s*[tT]rue\s*)?\)\s*)?-?\}\}$/;

/** What `{{ … }}` asks for, where that is a field with or without a fallback; null for any other expression. */
export function chipOf(source: string): Chip | null {
  const found = VALUE.exec(source);
  return found ? { field: found[1] ?? "", fallback: found[2] ?? found[3] ?? null } : null;
}

export function sourceOf(chip: Chip): string {
  if (chip.fallback === null) return `{{ ${chip.field} }}`;
  const quote = chip.fallback.includes("'") ? '"' : "'";
  return `{{ ${chip.field}|default(${quote}${chip.fallback.replaceAll(quote, "")}${quote}, true) }}`;
}

/** `lead.first_name` as people call it. */
export function called(field: string): string {
  const words = field
    .replace(/^lead\./, "")
    .replaceAll("_", " ")
    .replaceAll(".", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How long a line is for an inbox: chips count as what their fallback says, or as eight characters. */
export function lengthOf(source: string): number {
  let length = source.length;
  for (const token of tokens(source, false)) {
    const chip = token.kind === "value" ? chipOf(token.source) : null;
    const stands = token.kind === "value" ? chip?.fallback?.length || 8 : 0;
    length += stands - (token.to - token.from);
  }
  return length;
}

/** Typed words as they may stand in HTML. */
export const escaped = (typed: string) =>
  typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The address of a named link in an href, as `{{ link('docs') }}`; null for any other. */
export const linkOf = (href: string) => /^\{\{\s*link\(['"]([^'"]+)['"]\)\s*\}\}$/.exec(href)?.[1] ?? null;
export const toLink = (name: string) => `{{ link('${name}') }}`;

/**
 * The selection [from, to) of *source* between `<tag>` and `</tag>`, or without them where it is exactly between such two
 * already: what is to be put in the place of what.
 */
export function toggled(
  source: string,
  from: number,
  to: number,
  open: string,
): { from: number; to: number; put: string } {
  const name = /^<([\w-]+)/.exec(open)?.[1] ?? "";
  const close = `</${name}>`;
  const all = tokens(source, true);
  const before = all.find((token) => token.to === from && token.kind === "open" && token.name === name);
  const behind = all.find((token) => token.from === to && token.kind === "close" && token.name === name);
  if (before && behind) return { from: before.from, to: behind.to, put: source.slice(from, to) };
  return { from, to, put: open + source.slice(from, to) + close };
}
