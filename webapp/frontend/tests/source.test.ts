import assert from "node:assert/strict";
import test from "node:test";
import {
  called,
  chipOf,
  escaped,
  lengthOf,
  linkOf,
  sourceOf,
  toggled,
  tokens,
  toLink,
} from "../src/core/source.ts";

const TEXT =
  "Dear {{ lead.first_name|default('you', true) }},<br>a <b>b</b> &amp; &#10003; {% if x %}y{% endif %}{# n #}<!-- c -->";

test("the source is told apart without a gap or an overlap", () => {
  const found = tokens(TEXT, true);
  assert.deepEqual(
    found.map((each) => `${each.kind} ${each.name}`.trim()),
    ["value", "break br", "open b", "close b", "entity &", "entity ✓", "bracket", "bracket", "note", "note"],
  );
  for (const token of found) assert.equal(TEXT.slice(token.from, token.to), token.source);
  let at = 0;
  for (const token of found) {
    assert.ok(token.from >= at);
    at = token.to;
  }
});

test("a line of Jinja has no tags and no entities", () => {
  assert.deepEqual(
    tokens("a <b> &amp; {{ x }}", false).map((each) => each.kind),
    ["value"],
  );
});

test("an attribute may hold what looks like an end, and Jinja what looks like a tag", () => {
  const [open] = tokens(`<a title="a > b" href="{{ link('x') }}">`, true);
  assert.equal(open?.kind, "open");
  assert.deepEqual(
    tokens("{{ '<b>' }}", true).map((each) => each.kind),
    ["value"],
  );
});

test("an entity that nobody knows stays as it is written", () => {
  assert.deepEqual(
    tokens("&nonsense; &#0; &#x2713;", true).map((each) => each.name),
    ["✓"],
  );
});

test("a chip is a field with a fallback, and is written as it was read", () => {
  for (const source of [
    "{{ lead.company }}",
    "{{ lead.first_name|default('you', true) }}",
    `{{ lead.x|default("it's", true) }}`,
  ]) {
    const chip = chipOf(source);
    assert.ok(chip);
    assert.equal(sourceOf(chip), source);
  }
  assert.deepEqual(chipOf('{{lead.a|default("b")}}'), { field: "lead.a", fallback: "b" });
  for (const source of ["{{ link('docs') }}", "{{ lead.a or lead.b }}", "{{ lead.a|upper }}"])
    assert.equal(chipOf(source), null);
  assert.equal(called("lead.first_name"), "First name");
});

test("a fallback with both quotes loses one kind rather than end the chip", () => {
  assert.equal(sourceOf({ field: "lead.x", fallback: `a'b"c` }), `{{ lead.x|default("a'bc", true) }}`);
});

test("a line is as long as what an inbox shows of it", () => {
  assert.equal(lengthOf("Hello"), 5);
  assert.equal(lengthOf("Hi {{ lead.first_name|default('you', true) }}"), 6);
  assert.equal(lengthOf("{{ lead.company }} grows"), 14);
  assert.equal(lengthOf("{% if lead.x %}a{% endif %}"), 1);
});

test("what is typed is words, not tags", () => {
  assert.equal(escaped("a <b> & c"), "a &lt;b&gt; &amp; c");
});

test("a named link is told from any other address", () => {
  assert.equal(linkOf(toLink("docs")), "docs");
  assert.equal(linkOf("{{ unsubscribe_url }}"), null);
  assert.equal(linkOf("https://x.example"), null);
});

test("a selection is made bold, and plain again", () => {
  const bold = toggled("one two", 4, 7, "<strong>");
  assert.equal(`one ${bold.put}`, "one <strong>two</strong>");
  assert.deepEqual(toggled("one <strong>two</strong>", 12, 15, "<strong>"), { from: 4, to: 24, put: "two" });
});
