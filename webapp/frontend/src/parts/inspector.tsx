// What can be changed of the block that is chosen: its words, where it leads, its look, and when it is shown.

import { useEffect, useRef, useState } from "preact/hooks";
import { ATTRIBUTES, COLOURS } from "../core/attributes.ts";
import { find, type Node } from "../core/nodes.ts";
import type { Session } from "../core/session.ts";
import { linkOf, toLink } from "../core/source.ts";
import { said, say, type Word, word } from "../core/words.ts";
import { Field } from "./field.tsx";
import { Icon } from "./icons.tsx";

/** Those that have a field of their own, whatever the block has of them; the colours have one, too. */
const SHOWN = ["align", "padding", "href", "alt", "src"];
const TEMPERATURES: [string, Word][] = [
  ["cold", word("the lead is cold")],
  ["warm", word("the lead is warm")],
  ["hot", word("the lead is hot")],
];
const ALIGNS: [string, Word][] = [
  ["left", word("Align on the left")],
  ["center", word("Align in the middle")],
  ["right", word("Align on the right")],
];
/** What an attribute is called, and else its name in the code. */
const called = (name: string) => {
  const words = ATTRIBUTES[name];
  return words ? said(words) : name;
};

export function Inspector({ session }: { session: Session }) {
  const node = session.node;
  useEffect(() => {
    if (session.reached !== "content") return;
    session.reached = "";
    setTimeout(() => {
      // By then the fields of what was just chosen are made, too.
      const place = document.querySelector<HTMLElement>(".inspector .cm-content, .inspector input");
      place?.focus({ preventScroll: true });
    });
  });
  return (
    <section class="pane inspector" data-region="inspector" aria-label={say("Inspector")}>
      <div class="pane-top">
        <h2>
          {node
            ? node.kind === "element"
              ? say("{title} block", { title: node.title })
              : node.title
            : say("Nothing chosen")}
        </h2>
      </div>
      {node && <Problems session={session} node={node} />}
      {node ? (
        <Parts key={`${node.at.join(".")} ${node.name}`} session={session} node={node} />
      ) : (
        <p class="second">{say("Choose a block on the left.")}</p>
      )}
    </section>
  );
}

function Problems({ session, node }: { session: Session; node: Node }) {
  const own = session.judged.problems.filter((each) => each.at?.join(".") === node.at.join("."));
  if (!own.length) return null;
  return (
    <ul class="own-problems">
      {own.map((each) => (
        <li key={each.message} class={each.severity}>
          <Icon name="alert" />
          <span>
            {each.message}; {each.remedy}.
          </span>
          {each.fix && session.state.mayEdit && (
            <button type="button" class="button small" onClick={() => session.mend(each)}>
              {say("Fix")}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Parts({ session, node }: { session: Session; node: Node }) {
  const known = session.state.known[node.name] ?? [];
  const attributes = node.attributes ?? {};
  const set = (name: string, value: string) =>
    session.edit(
      { do: "attribute", node: node.at, name, value: value === "" ? null : value },
      `${name} ${node.at.join(".")}`,
    );
  const has = (name: string) => known.includes(name) && node.kind === "element";
  const others = Object.keys(attributes).filter((name) => !SHOWN.includes(name) && !(name in COLOURS));
  return (
    <div class="parts">
      {node.text !== undefined && (
        <Field
          session={session}
          source={node.text}
          label={node.kind === "block" ? node.title : say("Content")}
          isHtml
          hidesTags={!["mj-table", "mj-raw", "mj-style"].includes(node.name)}
          changed={(text) => session.edit({ do: "text", node: node.at, text }, `text ${node.at.join(".")}`)}
        />
      )}
      {(node.name === "if" || node.name === "elif" || node.name === "for") && (
        <Words session={session} node={node} />
      )}
      {has("href") && (
        <Href session={session} value={attributes.href ?? ""} set={(value) => set("href", value)} />
      )}
      {has("src") && (
        <Line
          label={called("src")}
          value={attributes.src ?? ""}
          session={session}
          set={(value) => set("src", value)}
        />
      )}
      {has("alt") && (
        <Line
          label={called("alt")}
          value={attributes.alt ?? ""}
          session={session}
          set={(value) => session.edit({ do: "attribute", node: node.at, name: "alt", value }, "")}
        />
      )}
      {has("align") && (
        <Align value={attributes.align ?? ""} session={session} set={(value) => set("align", value)} />
      )}
      {Object.entries(COLOURS)
        .filter(([name]) => has(name))
        .map(([name, words]) => (
          <Colour
            key={name}
            label={said(words)}
            value={attributes[name] ?? ""}
            session={session}
            set={(value) => set(name, value)}
          />
        ))}
      {has("padding") && (
        <Line
          label={called("padding")}
          value={attributes.padding ?? ""}
          session={session}
          set={(value) => set("padding", value)}
          placeholder={say("from the layout")}
        />
      )}
      {node.kind === "element" && !["mjml", "mj-body", "mj-head"].includes(node.name) && (
        <ShowWhen session={session} node={node} />
      )}
      {node.kind === "element" && (
        <details class="more-of">
          <summary>{say("All attributes")}</summary>
          {others.map((name) => (
            <Line
              key={name}
              label={called(name)}
              name={name}
              value={attributes[name] ?? ""}
              session={session}
              set={(value) => set(name, value)}
            />
          ))}
          <NewAttribute session={session} node={node} known={known.filter((name) => !(name in attributes))} />
        </details>
      )}
      {(node.kind === "condition" || node.kind === "loop") && session.state.mayEdit && (
        <button type="button" class="button" onClick={() => session.edit({ do: "unwrap", node: node.at })}>
          {node.kind === "condition" ? say("Show always") : say("Show once")}
        </button>
      )}
      {["element", "condition", "loop"].includes(node.kind) && session.state.mayEdit && (
        <SaveAsBlock session={session} node={node} />
      )}
      {node.kind === "tag" && <p class="second">{tagWords(node)}</p>}
    </div>
  );
}

const tagWords = (node: Node) =>
  node.name === "extends"
    ? say("The mail is written into this layout, which all mails like it share.")
    : node.name === "include"
      ? say("A block that several mails share. Changed in its file, it changes in all of them.")
      : say("A line of the template, which the code pane shows.");

interface LineProps {
  label: string;
  value: string;
  session: Session;
  set(value: string): void;
  placeholder?: string;
  /** Its name in the code, where the label is another. */
  name?: string;
}

function Line({ label, value, session, set, placeholder, name }: LineProps) {
  return (
    <label class="attribute">
      <span title={name}>{label}</span>
      <input
        value={value}
        placeholder={placeholder ?? ""}
        disabled={!session.state.mayEdit}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

function Colour({ label, value, session, set }: LineProps) {
  const plain = /^#[\da-f]{6}$/i.test(value) ? value : "#ffffff";
  return (
    <div class="attribute">
      <span>{label}</span>
      <span class="colour">
        <input
          aria-label={label}
          value={value}
          placeholder={say("from the layout")}
          disabled={!session.state.mayEdit}
          onChange={(event) => set(event.currentTarget.value)}
        />
        <input
          type="color"
          aria-label={say("{label}, chosen by eye", { label })}
          value={plain}
          disabled={!session.state.mayEdit}
          onChange={(event) => set(event.currentTarget.value)}
        />
      </span>
    </div>
  );
}

function Align({ value, session, set }: { value: string; session: Session; set(value: string): void }) {
  return (
    <fieldset class="attribute">
      <legend>{say("Align")}</legend>
      <span class="looks">
        {ALIGNS.map(([each, words]) => (
          <button
            key={each}
            type="button"
            class="tool"
            aria-label={said(words)}
            title={said(words)}
            aria-pressed={value === each}
            disabled={!session.state.mayEdit}
            onClick={() => set(value === each ? "" : each)}
          >
            <Icon name={each} />
          </button>
        ))}
      </span>
    </fieldset>
  );
}

/** Where a button or an image leads: one of the mail's named links, a new one, or whatever is written. */
function Href({ session, value, set }: { session: Session; value: string; set(value: string): void }) {
  const links = Object.entries(session.head?.links ?? {});
  const name = linkOf(value);
  const [isNew, setNew] = useState(false);
  const add = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const filled = new FormData(form);
    const key = String(filled.get("name")).trim().replace(/\W+/g, "_") || "link";
    if (await session.edit({ do: "head", path: ["links", key], value: String(filled.get("url")).trim() })) {
      set(toLink(key));
      setNew(false);
    }
  };
  return (
    <>
      <label class="attribute">
        <span>{say("Leads to")}</span>
        <select
          value={name ?? (value ? "as-written" : "")}
          disabled={!session.state.mayEdit}
          onChange={(event) => {
            const picked = event.currentTarget.value;
            if (picked === "new-link") setNew(true);
            else if (picked !== "as-written") set(picked && toLink(picked));
          }}
        >
          {!value && <option value="">{say("nowhere yet")}</option>}
          {value && !name && <option value="as-written">{value}</option>}
          {links.map(([key, url]) => (
            <option key={key} value={key}>
              {key}: {url}
            </option>
          ))}
          <option value="new-link">{say("A new link…")}</option>
        </select>
      </label>
      {name && (
        <Line
          label={say("Address of “{name}”", { name })}
          value={session.head?.links?.[name] ?? ""}
          session={session}
          set={(url) => session.edit({ do: "head", path: ["links", name], value: url })}
        />
      )}
      {isNew && (
        <form class="new-link" onSubmit={add}>
          <label class="attribute">
            <span>{say("Name, for reports")}</span>
            <input name="name" required pattern="[a-z][a-z0-9_\-]*" placeholder="case_study" />
          </label>
          <label class="attribute">
            <span>{say("Address")}</span>
            <input name="url" type="url" required placeholder="https://" />
          </label>
          <div class="row">
            <button type="submit" class="button primary small">
              {say("Add link")}
            </button>
            <button type="button" class="button small" onClick={() => setNew(false)}>
              {say("Cancel")}
            </button>
          </div>
        </form>
      )}
    </>
  );
}

/** A name, and what is chosen becomes a file that other mails can put in, too. */
function SaveAsBlock({ session, node }: { session: Session; node: Node }) {
  const [isAsked, setAsked] = useState(false);
  const [refused, setRefused] = useState("");
  const [isBusy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), [isAsked]);
  if (!session.state.mayPublish)
    return <p class="second">{say("Who may publish can save this as a block that mails share.")}</p>;
  if (!isAsked)
    return (
      <button type="button" class="button" onClick={() => setAsked(true)}>
        <Icon name="shared" />
        {say("Save as block")}
      </button>
    );
  const save = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const isDone = await session.share(node.at, name.current?.value ?? "");
    setBusy(false);
    if (isDone) session.reach(node.at, "row");
    else setRefused(session.told);
  };
  return (
    <form class="new-link" onSubmit={save}>
      <label class="attribute">
        <span>{say("Name of the block")}</span>
        <input
          required
          autocomplete="off"
          placeholder={say("case study")}
          aria-describedby="block-hint"
          ref={name}
        />
      </label>
      <p class="hint" id="block-hint">
        {say(
          "Other mails can put it in at once. This mail looks the same, and is a draft until it is published.",
        )}
      </p>
      {refused && (
        <p class="banner" role="alert">
          <Icon name="alert" />
          <span>{say("Not saved: {why}.", { why: refused })}</span>
        </p>
      )}
      <div class="row">
        <button type="submit" class="button primary small" disabled={isBusy}>
          {isBusy ? say("Saving…") : say("Save block")}
        </button>
        <button type="button" class="button small" onClick={() => setAsked(false)}>
          {say("Cancel")}
        </button>
      </div>
    </form>
  );
}

function Words({ session, node }: { session: Session; node: Node }) {
  return (
    <Line
      label={node.name === "for" ? say("For each") : say("Shown if")}
      value={node.says ?? ""}
      session={session}
      set={(words) => session.edit({ do: "words", node: node.at, words })}
    />
  );
}

/** Put a condition around a block, change the one that is there alone for it, or take it away. */
function ShowWhen({ session, node }: { session: Session; node: Node }) {
  if (session.state.isSystem) return null;
  const above = find(session.nodes, node.at.slice(0, -1));
  const own = above?.kind === "condition" && above.children?.length === 1 ? above : null;
  const says = own?.says ?? "";
  const choices: [string, string][] = [
    ...TEMPERATURES.map(([each, words]): [string, string] => [`lead.temperature == '${each}'`, said(words)]),
    ...session.state.personas.map((each): [string, string] => [
      `lead.persona == '${each.key}'`,
      say("the lead is a {persona}", { persona: each.words }),
    ]),
    ["lead.company", say("the company is known")],
  ];
  const isOther = says !== "" && !choices.some(([words]) => words === says);
  return (
    <label class="attribute">
      <span>{say("Show when")}</span>
      <select
        value={says}
        disabled={!session.state.mayEdit}
        onChange={async (event) => {
          const words = event.currentTarget.value;
          if (own && words) await session.edit({ do: "words", node: own.at, words });
          else if (own) {
            if (await session.edit({ do: "unwrap", node: own.at })) session.choose(own.at);
          } else if (words && (await session.edit({ do: "wrap", node: node.at, words }))) {
            session.choose([...node.at, 0]);
          }
        }}
      >
        <option value="">{say("always")}</option>
        {isOther && <option value={says}>{says}</option>}
        {choices.map(([words, label]) => (
          <option key={words} value={words}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function NewAttribute({ session, node, known }: { session: Session; node: Node; known: string[] }) {
  if (!known.length || !session.state.mayEdit) return null;
  return (
    <label class="attribute">
      <span>{say("Add")}</span>
      <select
        value=""
        onChange={(event) => {
          const name = event.currentTarget.value;
          if (name) session.edit({ do: "attribute", node: node.at, name, value: "" });
        }}
      >
        <option value="">{say("an attribute…")}</option>
        {known.map((name) => (
          <option key={name} value={name}>
            {called(name) === name ? name : `${called(name)} (${name})`}
          </option>
        ))}
      </select>
    </label>
  );
}
