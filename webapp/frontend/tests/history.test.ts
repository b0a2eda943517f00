import assert from "node:assert/strict";
import test from "node:test";
import { begin, between, change, type History, redo, spliced, undo } from "../src/core/history.ts";

/** The same numbers each time (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const MAIL = '---\nsubject: "Zürich 🚀"\n---\n<mj-text>Dear {{ lead.first_name }},</mj-text>\r\n';

function edited(random: (below: number) => number, history: History, name: string, now: number): History {
  const start = random(history.text.length + 1);
  const end = start + random(history.text.length - start + 1);
  return change(history, { start, end, put: "new ☃ words".slice(random(11)) }, name, now);
}

test("a thousand splices and as many steps back give the text again", () => {
  const random = chance(7);
  let history = begin(MAIL);
  const texts = [MAIL];
  for (let turn = 0; turn < 1000; turn += 1) {
    const next = edited(random, history, "", turn);
    if (next !== history) texts.push(next.text);
    history = next;
  }
  for (const text of texts.toReversed()) {
    assert.equal(history.text, text);
    history = undo(history);
  }
  assert.equal(history.text, MAIL);
  while (history.undone.length) history = redo(history);
  assert.equal(history.text, texts.at(-1));
});

test("what is typed into one field in one go is one step", () => {
  let history = begin("Dear Ada");
  for (const [letter, at] of [
    ["!", 8],
    ["?", 9],
    ["!", 10],
  ] as const) {
    history = change(history, { start: at, end: at, put: letter }, "text 0.1", 100 * at);
  }
  assert.equal(history.text, "Dear Ada!?!");
  assert.equal(undo(history).text, "Dear Ada");
  assert.equal(redo(undo(history)).text, "Dear Ada!?!");
});

test("a pause, another field or a step back begins a new step", () => {
  const first = change(begin("ab"), { start: 2, end: 2, put: "c" }, "text 0", 0);
  const later = change(first, { start: 3, end: 3, put: "d" }, "text 0", 9000);
  const other = change(first, { start: 3, end: 3, put: "d" }, "text 1", 10);
  const anew = change(redo(undo(first)), { start: 3, end: 3, put: "d" }, "text 0", 10);
  for (const history of [later, other, anew]) assert.equal(undo(history).text, "abc");
});

test("a new change ends what could be done again", () => {
  const back = undo(change(begin("ab"), { start: 0, end: 1, put: "" }, "", 0));
  assert.equal(change(back, { start: 2, end: 2, put: "c" }, "", 1).undone.length, 0);
});

test("nothing to undo, nothing to redo and nothing changed leave the history as it is", () => {
  const history = begin("ab");
  assert.equal(undo(history), history);
  assert.equal(redo(history), history);
  assert.equal(change(history, { start: 1, end: 1, put: "" }, "", 0), history);
});

test("the smallest splice makes the one text of the other and cuts no letter in two", () => {
  const random = chance(11);
  const texts = ["", "a", "🚀", "🚁", "a🚀b", "a🚁b", "aa🚀🚀", MAIL, MAIL.replace("🚀", "🚁")];
  for (let turn = 0; turn < 300; turn += 1) texts.push(edited(random, begin(MAIL), "", 0).text);
  for (const before of texts) {
    for (const after of texts) {
      const splice = between(before, after);
      assert.equal(spliced(before, splice), after);
    }
  }
  const splice = between("a🚀b", "a🚁b");
  assert.deepEqual(splice, { start: 1, end: 3, put: "🚁" });
});
