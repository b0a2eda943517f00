import assert from "node:assert/strict";
import test from "node:test";
import { after, find, firstToEdit, type Node, nearest, visible } from "../src/core/nodes.ts";

const node = (at: number[], name: string, children: Node[] = []): Node => ({
  at,
  name,
  kind: "element",
  title: name,
  children,
});
const TREE = [
  node([0], "extends"),
  node([1], "block", [node([1, 0], "mj-divider"), node([1, 1], "if", [node([1, 1, 0], "mj-button")])]),
];

test("a node is found by its address, and nothing where there is none", () => {
  assert.equal(find(TREE, [1, 1, 0])?.name, "mj-button");
  for (const at of [[], [2], [0, 0], [1, 1, 0, 0]]) assert.equal(find(TREE, at), undefined);
});

test("what is inside of a closed one is not to be seen", () => {
  const names = (closed: string[]) => visible(TREE, new Set(closed)).map((each) => each.name);
  assert.deepEqual(names([]), ["extends", "block", "mj-divider", "if", "mj-button"]);
  assert.deepEqual(names(["1.1"]), ["extends", "block", "mj-divider", "if"]);
  assert.deepEqual(names(["1"]), ["extends", "block"]);
});

test("a place that is gone leads to what is nearest", () => {
  for (const [gone, found] of [
    [
      [1, 1, 0],
      [1, 1, 0],
    ],
    [
      [1, 1, 3],
      [1, 1, 0],
    ],
    [
      [1, 1, Number.MAX_SAFE_INTEGER],
      [1, 1, 0],
    ],
    [
      [1, 0, 0],
      [1, 0],
    ],
    [[7], [1]],
    [[], []],
  ])
    assert.deepEqual(nearest(TREE, gone as number[]), found);
  assert.deepEqual(nearest([], [1, 1]), []);
});

test("what one would edit first is chosen first", () => {
  assert.deepEqual(firstToEdit(TREE), [1, 1, 0]);
  assert.deepEqual(firstToEdit([node([0], "extends")]), [0]);
  assert.deepEqual(firstToEdit([]), []);
});

test("what is chosen goes where the edit puts it", () => {
  assert.deepEqual(after([1, 2], { do: "move", by: -1 }), [1, 1]);
  assert.deepEqual(after([1, 2], { do: "duplicate" }), [1, 3]);
  assert.deepEqual(after([1, 2], { do: "add", where: "after" }), [1, 3]);
  assert.deepEqual(after([1, 2], { do: "add", where: "before" }), [1, 2]);
  assert.deepEqual(after([1, 2], { do: "delete" }), [1, 2]);
  assert.equal(after([1], { do: "add", where: "inside" }).length, 2);
});
