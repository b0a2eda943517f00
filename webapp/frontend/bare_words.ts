// Finds what a reader would see in English whatever the language of the page: `node bare_words.ts`, part of `make check`.
//
// In the islands (src/) all that is shown goes through say("…") or, in a table, word("…"); a script of static/ has no words
// of its own, its page hands them over. So a text between tags, in an attribute that people read, or in what is assigned to
// one is a mistake, and so is any other that reads like words, and a sentence glued to what say() gave.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync } from "vite";

/** A node of the syntax tree, as ESTree and JSX call them. */
interface Syntax {
  type: string;
  start: number;
  [part: string]: unknown;
}

export interface Bare {
  line: number;
  text: string;
  why: string;
}

const set = (words: string) => new Set(words.split(" "));
/** What says its first argument in the reader's language. */
const SAYS = set("say said word");
/** Attributes and properties that people read or hear. */
const READ = set(
  "aria-label aria-description aria-valuetext ariaLabel title placeholder alt label hint textContent innerText innerHTML",
);
/** Attributes and properties for machines; of the keys of objects only these, for others are names of attributes. */
const MACHINES = set("class className key type role name id rel target href style icon");
const MACHINE_KEYS = set("key type class");
/** What is called with these is for no reader. */
const SILENT = set(
  "querySelector querySelectorAll closest matches addEventListener removeEventListener getElementById createElement " +
    "theme define setProperty split getItem setItem removeItem startsWith endsWith includes replace replaceAll",
);
const NO_VALUES = set(
  "ImportDeclaration ExportAllDeclaration TSTypeAliasDeclaration TSInterfaceDeclaration TSTypeAnnotation",
);
const WORDS = /[^\W\d_]{2,}[,;:.]? [^\W\d_]|^[A-Z][a-zé]+$|^[A-Z][a-z]+ |^ ?[a-z]{2,}: $/;
const STRICT = "use strict";
const LETTERS = /\p{L}{2}/u;
/** What a field shows as an example of an address or a key. */
const EXAMPLE = /^https?:|^[a-z]+_[a-z_]+$/;

/** What is wrong in *text*, the source of *file*. */
export function bareWords(file: string, text: string): Bare[] {
  if (file.endsWith(".css")) return drawnWords(text);
  const found: Bare[] = [];
  const look = (at: Syntax, shown: boolean): void => {
    const wrong = mistake(at, shown);
    if (wrong) {
      const [words, why] = wrong;
      const line = text.slice(0, at.start).split("\n").length;
      found.push({ line, text: words.trim().replace(/\s+/g, " "), why });
    }
    for (const [part, isShown] of inside(at, shown)) look(part, isShown);
  };
  look(parseSync(file, text).program as unknown as Syntax, false);
  return found;
}

/** Words that a style sheet draws: its page hands them over in an attribute, for `attr()`. */
function drawnWords(text: string): Bare[] {
  const drawn = [...text.matchAll(/(?<![\w-])content:((?:"[^"]*"|[^";])*)/g)];
  return drawn.flatMap((each) =>
    [...(each[1] ?? "").matchAll(/"([^"]*)"/g)]
      .filter(([, words]) => LETTERS.test(words ?? ""))
      .map(([, words]) => {
        const line = text.slice(0, each.index).split("\n").length;
        return { line, text: words ?? "", why: "drawn by a style sheet" };
      }),
  );
}

/** What is wrong with the node *at* itself, and why; *shown* says that a reader sees it. */
function mistake(at: Syntax, shown: boolean): [string, string] | null {
  const bare = (text: string): [string, string] | null =>
    isBare(text, shown) ? [text, "a bare text"] : null;
  switch (at.type) {
    case "JSXText":
      return LETTERS.test(String(at.value)) ? [String(at.value), "between tags"] : null;
    case "Literal":
      return typeof at.value === "string" ? bare(at.value) : null;
    case "TemplateLiteral": {
      const own = nodes(at.quasis).map((each) => (each.value as { cooked: string }).cooked);
      const text = own.join("…");
      const isGlued = LETTERS.test(withoutTags(text)) && nodes(at.expressions).some(isSaid);
      return isGlued ? [text, "glued to what is said"] : bare(text);
    }
    case "BinaryExpression": {
      const sides = [at.left, at.right] as Syntax[];
      const text = sides.find((each) => LETTERS.test(String(each.value ?? "")));
      return at.operator === "+" && text && sides.some(isSaid)
        ? [String(text.value), "glued to what is said"]
        : null;
    }
    case "JSXElement":
    case "JSXFragment":
      return isGlued(nodes(at.children)) ? ["say(…) beside a text", "glued to what is said"] : null;
    case "CallExpression": {
      const isOurs = ["say", "word"].includes(String((at.callee as Syntax).name));
      const isWritten = String(nodes(at.arguments)[0]?.raw).startsWith('"');
      return isOurs && !isWritten ? [`${called(at)}(…)`, 'not the words themselves, in "…"'] : null;
    }
    default:
      return null;
  }
}

/** The parts of *at* that may hold words, and whether a reader sees each. */
function inside(at: Syntax, shown: boolean): [Syntax, boolean][] {
  const all = (value: unknown, isShown: boolean) =>
    nodes(value).map((each): [Syntax, boolean] => [each, isShown]);
  if (NO_VALUES.has(at.type)) return [];
  switch (at.type) {
    case "ExportNamedDeclaration":
      return all(at.declaration, false);
    case "JSXElement":
    case "JSXFragment":
      return [...all(at.openingElement, false), ...all(at.children, true)];
    case "JSXAttribute": {
      const name = String((at.name as Syntax).name);
      if (!MACHINES.has(name)) return all(at.value, READ.has(name));
      return functions(nodes((at.value as Syntax | null)?.expression));
    }
    case "JSXExpressionContainer":
      return all(at.expression, shown);
    case "ConditionalExpression":
      return [...all(at.test, false), ...all([at.consequent, at.alternate], shown)];
    case "LogicalExpression":
      return [...all(at.left, shown && at.operator !== "&&"), ...all(at.right, shown)];
    case "BinaryExpression": {
      const isCompared = at.operator !== "+";
      const sides = nodes([at.left, at.right]).filter((each) => !(isCompared && each.type === "Literal"));
      return all(sides, shown && !isCompared);
    }
    case "AssignmentExpression": {
      const name = String(((at.left as Syntax).property as Syntax | undefined)?.name ?? "");
      return MACHINES.has(name) ? [] : all(at.right, READ.has(name));
    }
    case "Property":
    case "PropertyDefinition": {
      const key = at.key as Syntax;
      const name = String(key.name ?? key.value);
      return MACHINE_KEYS.has(name) ? [] : all(at.value, READ.has(name));
    }
    case "ExpressionStatement":
      return (at.expression as Syntax).value === STRICT ? [] : all(at.expression, false);
    case "NewExpression":
    case "CallExpression": {
      const given = nodes(at.arguments);
      const isRead = called(at) === "setAttribute" && READ.has(String(given[0]?.value));
      if (isRead) return all(given[1], true);
      const heard = SILENT.has(called(at)) ? functions(given) : all(given.slice(isSaid(at) ? 1 : 0), false);
      return [...all(at.callee, false), ...heard];
    }
    default:
      return Object.values(at).flatMap((each) => all(each, false));
  }
}

const nodes = (value: unknown): Syntax[] =>
  (Array.isArray(value) ? value : [value]).filter(
    (each) => each && typeof each === "object" && "type" in each,
  );
const functions = (all: Syntax[]): [Syntax, boolean][] =>
  all.filter((each) => each.type.endsWith("FunctionExpression")).map((each) => [each, false]);

function called(call: Syntax): string {
  const callee = call.callee as Syntax;
  return String(callee.name ?? (callee.property as Syntax | undefined)?.name ?? "");
}

const isSaid = (at: Syntax): boolean => at.type === "CallExpression" && SAYS.has(called(at));
const isBare = (text: string, shown: boolean): boolean =>
  shown ? LETTERS.test(text) && !EXAMPLE.test(text) : WORDS.test(withoutTags(text));
/** What stands between the tags of a piece of markup, whose first tag may have begun before it. */
const withoutTags = (text: string): string => text.replace(/^[^<>]*>/, "").replace(/<[^>]*>?/g, " ");

/** Whether a sentence goes on behind what was said: `{say("line")} {number}:` has an order that another language has not. */
function isGlued(children: Syntax[]): boolean {
  const inline = children.filter((each) => !/^\s*\n\s*$/.test(String(each.value ?? "")));
  const isText = (each: Syntax | undefined) =>
    each?.type === "JSXText" || (each?.expression as Syntax | undefined)?.type === "Literal";
  return inline.some(
    (each, index) =>
      each.type === "JSXExpressionContainer" &&
      isSaid(each.expression as Syntax) &&
      (isText(inline[index - 1]) || isText(inline[index + 1])),
  );
}

function under(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
    const path = join(folder, each.name);
    if (each.isDirectory()) return each.name === "built" ? [] : under(path);
    return /\.(ts|tsx|js|css)$/.test(path) && !path.endsWith("core/words.ts") ? [path] : [];
  });
}

if (import.meta.main) {
  const here = import.meta.dirname;
  const all = [join(here, "src"), join(here, "../static")].flatMap(under).flatMap((file) => {
    const found = bareWords(file, readFileSync(file, "utf8"));
    return found.map(({ line, text, why }) => `${relative(here, file)}:${line}: ${why}: ${text}`);
  });
  if (all.length) {
    console.error(
      `${all.join("\n")}\nSomebody who reads German would see these in English: see ${import.meta.filename}`,
    );
    process.exit(1);
  }
}
