import assert from "node:assert/strict";
import test from "node:test";
import { told } from "../src/core/pressed.ts";

test("a press in the preview is an address, twice when it is to be edited", () => {
  assert.deepEqual(told({ pressed: "2.1", times: 1 }), { at: [2, 1], isTwice: false });
  assert.deepEqual(told({ pressed: "0", times: 2 }), { at: [0], isTwice: true });
  assert.deepEqual(told({ pressed: "", times: 1 }), { isAround: true });
  assert.deepEqual(told({ top: 40 }), { top: 40 });
});

test("what else a frame may say is nothing", () => {
  for (const each of [
    null,
    3,
    "2.1",
    {},
    { pressed: "2..1" },
    { pressed: [2] },
    { pressed: "x" },
    { top: "1" },
    { top: -1 },
  ])
    assert.equal(told(each), null);
});
