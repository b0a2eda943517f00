// The field of rich.ts as a part of a page, with its buttons, and the menu of values that `{` opens.

import { useEffect, useId, useReducer, useRef, useState } from "preact/hooks";
import type { State } from "../core/asks.ts";
import { withKeys } from "../core/keys.ts";
import type { Session } from "../core/session.ts";
import { chipOf, sourceOf, tokens, toLink } from "../core/source.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";
import { Rich } from "./rich.ts";

interface Props {
  session: Session;
  source: string;
  label: string;
  isHtml: boolean;
  hidesTags?: boolean;
  hint?: string;
  /** Told of what was typed; done when the text has it. */
  changed(source: string): Promise<unknown>;
}

const TYPING_MS = 300;

export function Field({ session, source, label, isHtml, hidesTags = true, hint, changed }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const rich = useRef<Rich | null>(null);
  const latest = useRef(changed);
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; source: string } | null>(null);
  const [menu, setMenu] = useState<"" | "chip" | "link">("");
  /** What was sent and is not in the text yet: until it is, the field knows better than the text. */
  const answering = useRef(0);
  const [turn, answered] = useReducer((before: number, _: undefined) => before + 1, 0);
  const id = useId();
  latest.current = changed;

  const flush = () => {
    const typed = waiting.current;
    if (!typed) return;
    clearTimeout(typed.timer);
    waiting.current = null;
    answering.current += 1;
    latest.current(typed.source).finally(() => {
      answering.current -= 1;
      answered(undefined);
    });
  };

  useEffect(() => {
    if (!place.current) return;
    const step = (way: () => void) => () => {
      flush();
      way();
    };
    rich.current = new Rich({
      parent: place.current,
      source,
      isHtml,
      hidesTags,
      label,
      ...(hint ? { describedBy: `${id}-hint` } : {}),
      nonce: session.state.nonce,
      called: session.called,
      readOnly: !session.state.mayEdit,
      changed: (typed) => {
        if (waiting.current) clearTimeout(waiting.current.timer);
        waiting.current = { source: typed, timer: setTimeout(flush, TYPING_MS) };
      },
      askChip: () => setMenu("chip"),
      askLink: () => setMenu("link"),
      undo: step(session.back),
      redo: step(session.forth),
    });
    session.typing.add(flush);
    return () => {
      session.typing.delete(flush);
      flush();
      rich.current?.view.destroy();
      rich.current = null;
    };
  }, []);

  useEffect(() => {
    if (!waiting.current && !answering.current) rich.current?.show(source.replaceAll("\r\n", "\n"));
  }, [source, turn]);

  const closed = (put?: string) => {
    setMenu("");
    const field = rich.current;
    if (put && field) {
      const link = put.startsWith("<a ");
      if (link) field.toggle(put);
      else field.put(put);
    }
  };
  const wasOpen = useRef(false);
  useEffect(() => {
    if (!menu && wasOpen.current) rich.current?.view.focus(); // only now: beside an open dialog nothing takes the focus
    wasOpen.current = menu !== "";
  }, [menu]);

  return (
    <div class={`field ${isHtml ? "prose" : "line"}`}>
      <div class="field-top">
        <span class="field-label" aria-hidden="true">
          {label}
        </span>
        {session.state.mayEdit && (
          <span class="tools" role="group" aria-label={say("Put into “{field}”", { field: label })}>
            {isHtml && hidesTags && (
              <>
                <Tool label={say("Bold")} keys="Ctrl+B" act={() => rich.current?.toggle("<strong>")}>
                  <b>B</b>
                </Tool>
                <Tool label={say("Italic")} keys="Ctrl+I" act={() => rich.current?.toggle("<em>")}>
                  <i>I</i>
                </Tool>
                <Tool label={say("Link")} keys="Ctrl+K" act={() => setMenu("link")}>
                  <Icon name="chain" />
                </Tool>
              </>
            )}
            <Tool label={say("Value of the lead")} keys="{" act={() => setMenu("chip")}>
              <Icon name="value" />
            </Tool>
          </span>
        )}
      </div>
      <div ref={place} class="rich" onFocusOut={flush} />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {isHtml && hidesTags && <Fallbacks source={source} session={session} changed={changed} />}
      {menu === "chip" && <Chips state={session.state} close={closed} />}
      {menu === "link" && <Links session={session} close={closed} />}
    </div>
  );
}

interface ToolProps {
  label: string;
  keys: string;
  act(): void;
  children: preact.ComponentChildren;
}

function Tool({ label, keys, act, children }: ToolProps) {
  return (
    <button
      type="button"
      class="tool"
      title={withKeys(label, keys)}
      aria-label={label}
      onMouseDown={(event) => event.preventDefault()}
      onClick={act}
    >
      {children}
    </button>
  );
}

/** What is said where a lead has no such value: one field for each chip of the text. */
function Fallbacks({ source, session, changed }: Pick<Props, "source" | "session" | "changed">) {
  const sure = new Set(session.state.fields.filter((each) => each.sure).map((each) => each.name));
  const chips = tokens(source, true)
    .map((token) => ({ token, chip: token.kind === "value" ? chipOf(token.source) : null }))
    .filter(({ chip }) => chip?.field.startsWith("lead.") && !sure.has(chip.field));
  if (!chips.length) return null;
  return (
    <div class="fallbacks">
      {chips.map(({ token, chip }, index) => (
        <label key={`${index} ${chip?.field}`}>
          <span>
            <span class="cm-chip">{session.called(chip?.field ?? "")}</span>
            <span>{say("or else")}</span>
          </span>
          <input
            value={chip?.fallback ?? ""}
            placeholder={say("nothing")}
            disabled={!session.state.mayEdit}
            onChange={(event) => {
              const fallback = event.currentTarget.value || null;
              const put = sourceOf({ field: chip?.field ?? "", fallback });
              changed(source.slice(0, token.from) + put + source.slice(token.to));
            }}
          />
        </label>
      ))}
    </div>
  );
}

function useDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return dialog;
}

/** Choose a value of the lead, and what is said where it is not known. */
function Chips({ state, close }: { state: State; close(put?: string): void }) {
  const dialog = useDialog();
  const [sought, setSought] = useState("");
  const [fallback, setFallback] = useState("");
  const found = state.fields.filter((each) => each.words.toLowerCase().includes(sought.toLowerCase()));
  const pick = (name: string, sure: boolean) =>
    close(sourceOf({ field: name, fallback: sure ? null : fallback || null }));
  return (
    <dialog ref={dialog} class="picker" aria-label={say("Value of the lead")} onClose={() => close()}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (found[0]) pick(found[0].name, found[0].sure);
        }}
      >
        <label>
          {say("Which value")}
          <input
            value={sought}
            autocomplete="off"
            onInput={(event) => setSought(event.currentTarget.value)}
          />
        </label>
        <label>
          {say("Where it is not known, say")}
          <input
            value={fallback}
            autocomplete="off"
            onInput={(event) => setFallback(event.currentTarget.value)}
          />
        </label>
        <ul class="picks">
          {found.map((each) => (
            <li key={each.name}>
              <button type="button" class="pick" onClick={() => pick(each.name, each.sure)}>
                <span class="cm-chip">{each.words}</span>
                {each.sure && <span class="second">{say("always known")}</span>}
              </button>
            </li>
          ))}
        </ul>
        {!found.length && <p class="second">{say("No field is called so.")}</p>}
        <div class="row">
          {found[0] && (
            <button type="submit" class="button primary">
              {say("Put in “{field}”", { field: found[0].words })}
            </button>
          )}
          <button type="button" class="button" onClick={() => close()}>
            {say("Cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Choose where the selected words lead: a named link of the mail, or a new one. */
function Links({ session, close }: { session: Session; close(put?: string): void }) {
  const dialog = useDialog();
  const links = Object.entries(session.head?.links ?? {});
  const [name, setName] = useState(links[0]?.[0] ?? "");
  const [url, setUrl] = useState("");
  const [fresh, setFresh] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!url) return close(name ? `<a href="${toLink(name)}">` : undefined);
    const key = fresh.trim().replace(/\W+/g, "_") || "link";
    if (await session.edit({ do: "head", path: ["links", key], value: url.trim() })) {
      close(`<a href="${toLink(key)}">`);
    }
  };
  return (
    <dialog ref={dialog} class="picker" aria-label={say("Where it leads")} onClose={() => close()}>
      <form onSubmit={submit}>
        {links.length > 0 && (
          <label>
            {say("Link of this mail")}
            <select value={name} onChange={(event) => setName(event.currentTarget.value)}>
              {links.map(([key, address]) => (
                <option key={key} value={key}>
                  {key}: {address}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {say("Or a new address")}
          <input
            type="url"
            placeholder="https://"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        {url && (
          <label>
            {say("Its name, for reports")}
            <input
              value={fresh}
              placeholder={say("link")}
              onInput={(event) => setFresh(event.currentTarget.value)}
            />
          </label>
        )}
        <div class="row">
          <button type="submit" class="button primary">
            {say("Use it")}
          </button>
          <button type="button" class="button" onClick={() => close()}>
            {say("Cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
