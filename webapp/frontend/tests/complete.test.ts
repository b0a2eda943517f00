import assert from "node:assert/strict";
import test from "node:test";
import { type Known, offersAt } from "../src/core/complete.ts";

const KNOWN: Known = {
  attributes: { "mj-text": ["align", "color", "mj-class"], "mj-button": ["href", "align"] },
  children: {
    "": ["mjml"],
    mjml: ["mj-head", "mj-body"],
    "mj-body": ["mj-section"],
    "mj-section": ["mj-column"],
    "mj-column": ["mj-text", "mj-button"],
  },
  choices: { "": { align: ["left", "right"] }, "mj-text": { align: ["left", "right", "justify"] } },
  classes: ["headline", "quiet"],
  fields: [
    { name: "lead.first_name", words: "First name", sure: false },
    { name: "lead.email", words: "Email", sure: true },
  ],
  values: [{ name: "campaign.name", words: "this campaign", sure: true }],
  filters: [
    { name: "default", put: "default('', true)" },
    { name: "upper", put: "upper" },
  ],
  links: { guide: "https://tarewell.example/guide" },
};

const labels = (written: string, asked = false): string[] | null => {
  const [before = "", after = ""] = written.split("¦");
  return offersAt(before, after, KNOWN, asked)?.offers.map((each) => each.label) ?? null;
};

/** *written* with the offer of that name taken, the cursor shown as it then stands. */
function taken(written: string, label: string, asked = false): string {
  const [before = "", after = ""] = written.split("¦");
  const found = offersAt(before, after, KNOWN, asked);
  const offer = found?.offers.find((each) => each.label === label);
  assert.ok(found && offer, `${label} is offered in ${written}`);
  const caret = offer.caret ?? offer.put.length;
  return `${before.slice(0, found.from)}${offer.put.slice(0, caret)}¦${offer.put.slice(caret)}${after}`;
}

test("an element is offered where it may stand", () => {
  assert.deepEqual(labels("<mj-section><¦"), ["mj-column"]);
  assert.deepEqual(labels("<mj-section><mj-column><mj-text>a</mj-text><mj¦"), ["mj-text", "mj-button"]);
  assert.deepEqual(labels("{% block body %}\n<¦"), ["mj-text", "mj-button", "mj-section", "mjml"]);
  assert.equal(labels("<mj-text><¦"), null, "its content is HTML");
  assert.deepEqual(labels("<mj-section><!-- <mj-column> --><¦"), ["mj-column"]);
  assert.deepEqual(labels('<mj-column><mj-button href="a" /><¦'), ["mj-text", "mj-button"]);
  assert.equal(taken("<mj-column><mj-t¦", "mj-text"), "<mj-column><mj-text¦");
});

test("an attribute of few values offers them, those of its element first of all", () => {
  assert.deepEqual(labels('<mj-text align="¦"'), ["left", "right", "justify"]);
  assert.deepEqual(labels('<mj-button align="l¦"'), ["left", "right"]);
  assert.equal(taken('<mj-button align="r¦"', "right"), '<mj-button align="right¦"');
  assert.equal(labels('<mj-button align="left ¦"'), null, "it takes one");
  assert.equal(labels('<mj-button href="¦"'), null);
  assert.equal(labels('<mj-button align="left"¦'), null);
});

test("an end tag is that of the innermost element", () => {
  assert.equal(
    taken("<mj-column><mj-text>a <b>b</b></¦", "mj-text"),
    "<mj-column><mj-text>a <b>b</b></mj-text>¦",
  );
  assert.equal(taken("<mj-column></mj¦>", "mj-column"), "<mj-column></mj-column¦>");
  assert.equal(labels("</¦"), null);
});

test("an attribute is offered once, in quotes, and not before a letter is typed", () => {
  assert.equal(labels("<mj-text ¦"), null);
  assert.deepEqual(labels("<mj-text ¦", true), ["align", "color", "mj-class"]);
  assert.deepEqual(labels('<mj-text align="left" a¦'), ["color", "mj-class"]);
  assert.equal(taken("<mj-text al¦>", "align"), '<mj-text align="¦">');
  assert.equal(taken('<mj-text al¦="left">', "align"), '<mj-text align¦="left">');
  assert.deepEqual(labels("<mj-button href=\"{{ link('x > y') }}\" a¦"), ["align"]);
  assert.equal(labels("<a hr¦"), null, "of HTML nothing is known");
  assert.equal(labels('<mj-text color="re¦'), null);
});

test("a class is one that a layout names", () => {
  assert.equal(taken('<mj-text mj-class="quiet he¦', "headline"), '<mj-text mj-class="quiet headline¦');
});

test("a value brings its fallback and its end where it stands alone", () => {
  assert.deepEqual(labels("Hello {{¦"), ["lead.first_name", "lead.email", "campaign.name", "link"]);
  assert.equal(taken("{{ fir¦", "lead.first_name"), "{{ lead.first_name|default('¦', true) }}");
  assert.equal(taken("{{ lead.e¦</mj-text>", "lead.email"), "{{ lead.email }}¦</mj-text>");
  assert.equal(
    taken("{{ lead.e¦, hello {{ lead.email }}", "lead.email"),
    "{{ lead.email }}¦, hello {{ lead.email }}",
  );
  assert.equal(taken("{{ lead.fi¦ }}", "lead.first_name"), "{{ lead.first_name¦ }}");
  assert.equal(taken("{% if lead.fi¦", "lead.first_name"), "{% if lead.first_name¦");
  assert.equal(labels("{{ lead.email ¦"), null);
  assert.equal(labels("{{ 'lead.¦"), null);
  assert.equal(labels("{# lead.¦"), null);
  assert.equal(labels("{{ lead.email }} and ¦"), null);
  assert.deepEqual(labels("---\nsubject: {{ ¦")?.slice(0, 1), ["lead.first_name"]);
  assert.equal(labels("---\nsubject: <¦"), null);
});

test("filters, links and words of Jinja stand where they belong", () => {
  assert.equal(taken("{{ lead.email|up¦ }}", "upper"), "{{ lead.email|upper¦ }}");
  assert.equal(taken("{{ lead.email | ¦ }}", "default"), "{{ lead.email | default('¦', true) }}");
  assert.equal(
    taken("<mj-button href=\"{{ link('¦') }}\"", "guide"),
    "<mj-button href=\"{{ link('guide¦') }}\"",
  );
  assert.ok(labels("{% ¦")?.includes("endif"));
  assert.ok(labels("{% if lead.email and ¦")?.includes("lead.first_name"));
});
