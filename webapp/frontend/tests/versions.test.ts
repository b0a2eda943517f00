import assert from "node:assert/strict";
import test from "node:test";
import { suggested, variantKey } from "../src/core/versions.ts";

test("a variant's key is what a file can say without quotes", () => {
  for (const [name, key] of [
    ["Playful", "playful"],
    ["  With the figure first! ", "with-the-figure-first"],
    ["Zürich 2", "zurich-2"],
    ["2 lines", "lines"],
    ["🚀", ""],
  ] as const)
    assert.equal(variantKey(name), key);
});

test("a name is suggested that no version has", () => {
  assert.equal(suggested([]), "Version 1");
  assert.equal(suggested(["before Ada", "Version 3"]), "Version 4");
});
