import assert from "node:assert/strict";
import test from "node:test";
import { Turns } from "../src/core/turns.ts";

test("the frames take turns", () => {
  const turns = new Turns();
  assert.equal(turns.changed(), 1);
  assert.deepEqual(turns.loaded(1), { next: null });
  assert.equal(turns.changed(), 0);
  assert.deepEqual(turns.loaded(0), { next: null });
});

test("what a frame loads unasked, as it does at the start, is nothing", () => {
  const turns = new Turns();
  assert.equal(turns.loaded(0), null);
  turns.changed();
  assert.equal(turns.loaded(0), null);
});

test("changes while a frame is being loaded are loaded once, into the other, when it is whole", () => {
  const turns = new Turns();
  turns.changed();
  assert.equal(turns.changed(), null);
  assert.equal(turns.changed(), null);
  assert.deepEqual(turns.loaded(1), { next: 0 });
  assert.deepEqual(turns.loaded(0), { next: null });
});

test("a change right after a frame is whole, before the page is drawn again, goes behind it, and the next is not lost", () => {
  const turns = new Turns();
  turns.changed();
  turns.loaded(1);
  assert.equal(turns.changed(), 0);
  assert.equal(turns.changed(), null);
  assert.deepEqual(turns.loaded(0), { next: 1 });
});

test("whatever the order of changes and loads, the last change is loaded and no frame is loaded in front", () => {
  for (let order = 0; order < 2 ** 10; order++) {
    const turns = new Turns();
    let front = 0;
    let written = 0;
    let asked = { frame: -1, text: 0 };
    let seen = 0;
    const submit = (frame: number | null) => {
      if (frame === null) return;
      assert.notEqual(frame, front);
      asked = { frame, text: written };
    };
    const load = () => {
      const { frame, text } = asked;
      const done = turns.loaded(frame);
      if (!done) return;
      front = frame;
      seen = text;
      submit(done.next);
    };
    for (let turn = 0; turn < 10; turn++) {
      if ((order >> turn) & 1) {
        written++;
        submit(turns.changed());
      } else load();
    }
    load();
    load();
    assert.equal(seen, written);
  }
});
