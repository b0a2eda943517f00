import assert from "node:assert/strict";
import { test } from "node:test";
import { say, speak } from "../src/core/words.ts";

test("what is in the catalogue is said in its language, what is not in English", () => {
  speak({ Save: "Speichern" });
  assert.equal(say("Save"), "Speichern");
  assert.equal(say("Undo"), "Undo");
  speak(undefined);
  assert.equal(say("Save"), "Save");
});

test("places take their values, and what is missing is seen", () => {
  speak({ "Draft {draft}": "Entwurf {draft}" });
  assert.equal(say("Draft {draft}", { draft: 3 }), "Entwurf 3");
  assert.equal(say("Draft {draft}"), "Entwurf {draft}");
  speak(undefined);
});
