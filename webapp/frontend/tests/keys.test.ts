import assert from "node:assert/strict";
import test from "node:test";
import { withKeys } from "../src/core/keys.ts";
import { speak } from "../src/core/words.ts";

test("keys are called as the reader's keyboard calls them", () => {
  assert.equal(withKeys("Redo", "Ctrl+Shift+Z"), "Redo (Ctrl+Shift+Z)");
  speak({ Ctrl: "Strg", Shift: "Umschalt" });
  assert.equal(withKeys("Wiederholen", "Ctrl+Shift+Z"), "Wiederholen (Strg+Umschalt+Z)");
  speak(undefined);
});
