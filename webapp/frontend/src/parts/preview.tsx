// The mail as a lead would read it, compiled by the server, in a frame of no origin that runs one script of ours: it tells
// which block was pressed, and outlines the one that is chosen. Two frames take turns, so that nothing flashes while one
// types: the next is loaded behind and shown when it is whole.

import { useEffect, useRef, useState } from "preact/hooks";
import { withKeys } from "../core/keys.ts";
import { find } from "../core/nodes.ts";
import { told } from "../core/pressed.ts";
import type { Session } from "../core/session.ts";
import { Turns } from "../core/turns.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";

export interface Look {
  isPhone: boolean;
  ground: "light" | "dark" | "forced" | "text";
  hasImages: boolean;
}

interface Props {
  session: Session;
  look: Look;
  setLook(look: Look): void;
  code: boolean;
  setCode(open: boolean): void;
  children: preact.ComponentChildren;
}

export function Preview({ session, look, setLook, code, setCode, children }: Props) {
  const [isAround, setAround] = useState(false);
  useEffect(() => setAround(false), [session.chosen.join("."), session.turn]);
  const { around } = session.state;
  return (
    <section class="pane preview" data-region="preview" aria-label={say("Preview")}>
      <div class="pane-top">
        {session.state.isSystem ? (
          <span class="as">{say("With words of an example")}</span>
        ) : (
          <Readers session={session} />
        )}
        <span class="looks" role="group" aria-label={say("How it is shown")}>
          <Switch
            label={say("Desktop")}
            icon="desk"
            on={!look.isPhone}
            act={() => setLook({ ...look, isPhone: false })}
          />
          <Switch
            label={say("Mobile")}
            icon="phone"
            on={look.isPhone}
            act={() => setLook({ ...look, isPhone: true })}
            keys="Ctrl+Shift+M"
          />
          <Switch
            label={say("Dark")}
            icon="moon"
            on={look.ground === "dark" || look.ground === "forced"}
            act={() =>
              setLook({
                ...look,
                ground: look.ground === "dark" ? "forced" : look.ground === "forced" ? "light" : "dark",
              })
            }
            keys="Ctrl+Shift+D"
          />
          <Switch
            label={say("Images off")}
            icon="noimage"
            on={!look.hasImages}
            act={() => setLook({ ...look, hasImages: !look.hasImages })}
          />
          <Switch
            label={say("Text")}
            icon="lines"
            on={look.ground === "text"}
            act={() => setLook({ ...look, ground: look.ground === "text" ? "light" : "text" })}
          />
          <Switch label={say("Code")} icon="code" on={code} act={() => setCode(!code)} keys="Ctrl+/" />
        </span>
      </div>
      {session.judged.subject !== undefined && (
        <p class="inbox-line" key="inbox">
          <b>{session.judged.subject}</b>
          {look.ground === "forced" && (
            <span class="tag">{say("approximation of a program that darkens by itself")}</span>
          )}
        </p>
      )}
      <p class="around" role="status" key="around" hidden={!isAround}>
        {isAround && (
          <>
            {around.length
              ? say("This is no block of this mail. It comes from its layout, which other mails share:")
              : say("This is no block of this mail.")}{" "}
            {around.map((each) => (
              <a key={each.href} href={each.href}>
                {each.words}
              </a>
            ))}
          </>
        )}
      </p>
      {children}
      <div class="stage" key="stage">
        <Frames session={session} look={look} setAround={setAround} />
      </div>
    </section>
  );
}

/** Who reads: one of the leads, or the first of them as if of a persona. */
function Readers({ session }: { session: Session }) {
  const { readers, personas } = session.state;
  const { lead, persona } = session.reader;
  const index = readers.findIndex((each) => each.lead === lead);
  return (
    <>
      <label class="as">
        <span>{say("View as")}</span>
        <select
          value={persona ? `persona ${persona}` : String(lead ?? "")}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (value.startsWith("persona ")) session.read({ persona: value.slice(8) });
            else session.read({ lead: Number(value), persona: null });
          }}
        >
          <optgroup label={say("Leads")}>
            {readers.map((each) => (
              <option key={each.lead} value={each.lead}>
                {each.words}
              </option>
            ))}
          </optgroup>
          <optgroup label={say("Personas")}>
            {personas.map((each) => (
              <option key={each.key} value={`persona ${each.key}`}>
                {each.words}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <span class="steps-of" role="group" aria-label={say("Lead")}>
        <button
          type="button"
          class="tool"
          aria-label={say("Lead before")}
          disabled={!readers.length}
          onClick={() => next(session, -1)}
        >
          <Icon name="before" />
        </button>
        <span class="num">{say("{place} of {count}", { place: index + 1, count: readers.length })}</span>
        <button
          type="button"
          class="tool"
          aria-label={say("Next lead")}
          title={withKeys(say("Next lead"), "Ctrl+Enter")}
          disabled={!readers.length}
          onClick={() => next(session, 1)}
        >
          <Icon name="next" />
        </button>
      </span>
    </>
  );
}

export function next(session: Session, by: number): void {
  const { readers } = session.state;
  const index = readers.findIndex((each) => each.lead === session.reader.lead);
  const found = readers[(index + by + readers.length) % readers.length];
  if (found) session.read({ lead: found.lead, persona: null });
}

interface SwitchProps {
  label: string;
  icon: string;
  on: boolean;
  act(): void;
  keys?: string;
}

function Switch({ label, icon, on, act, keys }: SwitchProps) {
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={on}
      aria-label={label}
      title={keys ? withKeys(label, keys) : label}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}

interface FramesProps {
  session: Session;
  look: Look;
  setAround(isAround: boolean): void;
}

function Frames({ session, look, setAround }: FramesProps) {
  const form = useRef<HTMLFormElement>(null);
  const [front, setFront] = useState(0);
  const turns = useRef(new Turns());

  const submit = (frame: number | null) => {
    if (frame === null || !form.current) return;
    form.current.target = `mail-${frame}`;
    form.current.submit();
  };
  const frames = useRef<(HTMLIFrameElement | null)[]>([null, null]);
  const top = useRef(0);
  const chosen = session.chosen.join(".");
  const tell = (index: number, isNew: boolean) =>
    frames.current[index]?.contentWindow?.postMessage({ chosen, top: isNew ? top.current : 0 }, "*");
  const loaded = (index: number) => {
    const done = turns.current.loaded(index);
    if (!done) return;
    tell(index, true);
    setFront(index);
    submit(done.next); // its form holds the last change already
  };
  useEffect(() => tell(front, false), [chosen]);
  useEffect(() => {
    const hear = (event: MessageEvent) => {
      if (event.source !== frames.current[front]?.contentWindow) return;
      const said = told(event.data);
      if (!said) return;
      if ("top" in said) top.current = said.top;
      else setAround("isAround" in said);
      if ("at" in said && find(session.nodes, said.at))
        session.reach(said.at, said.isTwice ? "content" : "row");
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [front, session]);
  useEffect(() => submit(turns.current.changed()), [session.turn, look.ground, look.hasImages]);

  const { reader, state } = session;
  return (
    <div class={look.isPhone ? "frames phone" : "frames"}>
      <form ref={form} method="post" action={`${state.base}/preview`} hidden>
        <input name="csrf_token" value={state.csrf} />
        <textarea name="text" value={session.shown} aria-label={say("Text")} />
        <input name="lead" value={reader.lead ?? ""} />
        <input name="persona" value={reader.persona ?? ""} />
        <input name="variant" value={reader.variant ?? ""} />
        <input name="ground" value={look.ground} />
        {!look.hasImages && <input name="no-images" value="1" />}
      </form>
      {[0, 1].map((index) => (
        <iframe
          key={index}
          ref={(frame) => {
            frames.current[index] = frame;
          }}
          name={`mail-${index}`}
          title={index === front ? say("The mail as this lead would read it") : say("The mail, being loaded")}
          class={index === front ? "is-front" : ""}
          aria-hidden={index !== front}
          tabIndex={index === front ? 0 : -1}
          onLoad={() => loaded(index)}
        />
      ))}
    </div>
  );
}
