import assert from "node:assert/strict";
import test from "node:test";
import { placesMoved } from "../src/core/drag.ts";

const ROWS = [
  { at: [0], middle: 10 },
  { at: [1], middle: 30 },
  { at: [1, 0], middle: 50 },
  { at: [1, 1], middle: 70 },
  { at: [1, 2], middle: 90 },
  { at: [2], middle: 110 },
];

test("a block goes past those of its own level that it is dragged over", () => {
  for (const [at, y, by] of [
    [[1, 0], 55, 0],
    [[1, 0], 75, 1],
    [[1, 0], 500, 2],
    [[1, 2], 60, -1],
    [[1, 2], -10, -2],
    [[2], 60, 0],
    [[2], 20, -1],
    [[0], 100, 1],
  ] as const)
    assert.equal(placesMoved(at, ROWS, y), by, `${at} to ${y}`);
});
