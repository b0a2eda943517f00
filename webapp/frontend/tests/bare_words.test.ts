import assert from "node:assert/strict";
import test from "node:test";
import { bareWords } from "../bare_words.ts";

const wrong = (source: string) => bareWords("a.tsx", source).map((each) => each.text);

test("words that are not said are found wherever a reader would see them", () => {
  for (const source of [
    "<p>Why this change</p>",
    '<p>{kept ? say("Saved") : "lost"}</p>',
    '<p>{name ?? "nobody"}</p>',
    '<input placeholder="your name" />',
    "<b aria-label={`Put into $" + "{label}`} />",
    'place.textContent = "gone";',
    'place.setAttribute("title", "gone");',
    'const LABELS = { href: "Leads to" };',
    'throw new Error("The server is away.");',
    'const code = "<mj-text>Write here</mj-text>";',
  ])
    assert.equal(wrong(source).length, 1, source);
});

test("a style sheet draws no words", () => {
  const drawn = (style: string) => bareWords("a.css", style).length;
  assert.equal(drawn('b::after { content: " · turned"; }'), 1);
  assert.equal(drawn('b::after { content: " · " attr(data-turned); font: "Inter"; }'), 0);
});

test("a sentence is never glued to what was said", () => {
  for (const source of [
    "const words = `$" + '{say("Saved")} now`;',
    'const words = say("Saved") + "an";',
    '<p>{say("line")} {line}: {why}</p>',
    "say(count === 1 ? one : `$" + "{one}s`)",
  ])
    assert.notDeepEqual(wrong(source), [], source);
});

test("what is said is right, and so is what is for machines", () => {
  for (const source of [
    '<p title={say("Why this change")} class="small and red">{said(LABELS.href)}</p>',
    'const LABELS = { href: word("Leads to") };',
    'if (event.key === "Escape") place.querySelector("input, select a")?.focus();',
    '<input placeholder="https://" type="Text" />',
    "const code = `<mj-text>$" + '{say("Write here")}</mj-text>`;',
    'import x from "a b c";',
  ])
    assert.deepEqual(wrong(source), [], source);
});
