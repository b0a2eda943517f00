// The editor of a mail: what webapp/mail_editor.py answers, drawn. The page works without it, as a form (webapp/texts.py).

import "./editor.css";
import { render } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Problem, State } from "./core/asks.ts";
import { withKeys } from "./core/keys.ts";
import { Session } from "./core/session.ts";
import { say, speak } from "./core/words.ts";
import { Foot } from "./parts/foot.tsx";
import { Heads } from "./parts/heads.tsx";
import { Icon } from "./parts/icons.tsx";
import { Inspector } from "./parts/inspector.tsx";
import { Named } from "./parts/named.tsx";
import { Outline } from "./parts/outline.tsx";
import { Parted } from "./parts/parted.tsx";
import { type Look, next, Preview } from "./parts/preview.tsx";
import { Publish } from "./parts/publish.tsx";
import { Versions } from "./parts/versions.tsx";

type CodePane = typeof import("./parts/code.tsx").Code;

function Editor({ session }: { session: Session }) {
  const [, draw] = useReducer((turn: number, _: undefined) => turn + 1, 0);
  const [look, setLook] = useState<Look>({ isPhone: false, ground: "light", hasImages: true });
  const [code, setCode] = useState(false);
  const [naming, setNaming] = useState(false);
  const [Code, setPane] = useState<CodePane | null>(null);
  const intoCode = useRef(false);
  const before = useRef<HTMLElement | null>(null);
  const [goTo, setGoTo] = useState<{ line: number; column: number; wish: number } | null>(null);
  useEffect(() => session.subscribe(() => draw(undefined)), [session]);
  useEffect(() => {
    session.open();
    const leave = (event: BeforeUnloadEvent) => {
      if (session.state.mayEdit && !session.isSaved) event.preventDefault();
    };
    addEventListener("beforeunload", leave);
    addEventListener("online", session.again);
    document.addEventListener("visibilitychange", session.again);
    return () => {
      removeEventListener("beforeunload", leave);
      removeEventListener("online", session.again);
      document.removeEventListener("visibilitychange", session.again);
    };
  }, [session]);

  useEffect(() => {
    if (code && !Code) import("./parts/code.tsx").then((loaded) => setPane(() => loaded.Code));
  }, [code, Code]);

  /** Ctrl+/ goes into the code, and back to where one was. */
  const turnCode = () => {
    if (!code) {
      before.current = document.activeElement as HTMLElement | null;
      intoCode.current = true;
    } else if (document.activeElement?.closest(".code-pane")) {
      const there = before.current?.isConnected ? before.current : null;
      (there ?? document.querySelector<HTMLElement>("[role=treeitem][aria-selected=true]"))?.focus();
    }
    setCode(!code);
  };

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const isMod = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "F6") nextRegion(event.shiftKey ? -1 : 1);
      else if (isMod && event.key === "Enter") next(session, 1);
      else if (isMod && event.shiftKey && key === "m") setLook({ ...look, isPhone: !look.isPhone });
      else if (isMod && event.shiftKey && key === "d")
        setLook({ ...look, ground: look.ground === "light" ? "dark" : "light" });
      else if (isMod && key === "s") {
        session.save();
        setNaming(session.state.mayEdit);
      } else if (isMod && event.key === "/") turnCode();
      else if (isMod && key === "z" && !isField(event.target))
        event.shiftKey ? session.forth() : session.back();
      else if (isMod && key === "y" && !isField(event.target)) session.forth();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [look, code, session]);

  const show = (problem: Problem) => {
    if (problem.at) session.choose(problem.at);
    setCode(true);
    setGoTo({ line: problem.line, column: problem.column, wish: (goTo?.wish ?? 0) + 1 });
  };

  // What comes and goes has a key, so that what stays beside it is not made anew, and the focus with it.
  return (
    <div class="editor">
      <Bar
        session={session}
        name={() => {
          session.save();
          setNaming(true);
        }}
      />
      <Heads session={session} />
      {session.trouble && (
        <div class="banner" role="alert" key="trouble">
          <Icon name="alert" />
          <span>{session.trouble}</span>
          <button type="button" class="button small" onClick={session.retry}>
            {say("Retry")}
          </button>
        </div>
      )}
      {session.problem && (
        <div class="banner" role="alert" key="problem">
          <Icon name="alert" />
          <span>{say("The blocks are as they were before: {why}.", { why: session.problem })}</span>
          <button type="button" class="button small" onClick={() => setCode(true)}>
            {say("Open the code")}
          </button>
        </div>
      )}
      {session.judged.why && <Why key="why" session={session} show={show} />}
      <div class="panes" key="panes">
        <Outline session={session} />
        <Preview session={session} look={look} setLook={setLook} code={code} setCode={setCode}>
          {code &&
            (Code ? (
              <Code key="code" session={session} goTo={goTo} into={intoCode} />
            ) : (
              <p class="second" key="loading">
                {say("Loading the code…")}
              </p>
            ))}
        </Preview>
        <Inspector session={session} />
      </div>
      <Foot session={session} goTo={show} />
      <p class="said-now" role="status">
        {session.told}
      </p>
      {naming && <Named key="named" session={session} close={() => setNaming(false)} />}
      <Parted session={session} />
    </div>
  );
}

/** Why the mail cannot be shown, and the way there. */
function Why({ session, show }: { session: Session; show(problem: Problem): void }) {
  const worst = session.judged.problems.find((each) => each.severity === "error");
  return (
    <div class="banner" role="alert">
      <Icon name="alert" />
      <span>
        {worst
          ? say("The preview is as it was before. Line {line}: {message}; {remedy}.", {
              line: worst.line,
              message: worst.message,
              remedy: worst.remedy,
            })
          : say("The preview is as it was before. {why}", { why: session.judged.why ?? "" })}
      </span>
      {worst && (
        <button type="button" class="button small" onClick={() => show(worst)}>
          {say("Go there")}
        </button>
      )}
    </div>
  );
}

const isField = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, textarea, .cm-editor") !== null;

/** F6: to the next of the four regions, onto what is chosen in it. */
function nextRegion(by: number): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  const here = regions.findIndex((each) => each.contains(document.activeElement));
  const region = regions[(here + by + regions.length) % regions.length];
  const inside = ["[aria-selected=true]", ".cm-content", "input,select", "button,summary"];
  const first = inside.map((each) => region?.querySelector<HTMLElement>(each)).find(Boolean);
  first?.focus();
}

function Bar({ session, name }: { session: Session; name(): void }) {
  const { state } = session;
  const isDraft = session.draft > 0 || !session.isSaved;
  const words = !session.isSaved
    ? say("Not saved yet")
    : session.draft
      ? say("Draft {draft} · Saved {saved}", { draft: session.draft, saved: session.saved })
      : say("Live, revision {live}", { live: state.live });
  return (
    <>
      <div class="editor-bar" key="bar">
        <h1>{state.title}</h1>
        <span class="saved" aria-live="polite">
          {words}
        </span>
        <span class="acts">
          <span class="act-strip">
            <button
              type="button"
              class="tool"
              aria-label={say("Undo")}
              title={withKeys(say("Undo"), "Ctrl+Z")}
              disabled={!session.history.done.length}
              onClick={session.back}
            >
              <Icon name="undo" />
            </button>
            <button
              type="button"
              class="tool"
              aria-label={say("Redo")}
              title={withKeys(say("Redo"), "Ctrl+Shift+Z")}
              disabled={!session.history.undone.length}
              onClick={session.forth}
            >
              <Icon name="redo" />
            </button>
            <a class="button" href={`${state.base}/review`}>
              {say("Review")}
              {state.comments > 0 && <span class="tag">{state.comments}</span>}
            </a>
            <a class="button" href={`${state.base}/history`}>
              {say("History")}
            </a>
            {state.mayEdit && <SendTest session={session} />}
          </span>
          {state.mayPublish && isDraft && <Publish session={session} />}
        </span>
      </div>
      <div class="below-bar" key="below">
        <Versions session={session} />
        {state.mayEdit && (
          <button
            type="button"
            class="button small"
            title={withKeys(say("Keep this version under a name"), "Ctrl+S")}
            onClick={name}
          >
            <Icon name="keep" />
            {say("Name version")}
          </button>
        )}
      </div>
    </>
  );
}

/** Saved first, so that what is sent is what is shown. */
function SendTest({ session }: { session: Session }) {
  const form = useRef<HTMLFormElement>(null);
  return (
    <form ref={form} method="post" action={`${session.state.base}/test`}>
      <input type="hidden" name="csrf_token" value={session.state.csrf} />
      <input type="hidden" name="lead" value={session.reader.lead ?? ""} />
      <input type="hidden" name="draft" value="1" />
      <button
        type="submit"
        class="button"
        onClick={async (event) => {
          event.preventDefault();
          if (await session.save()) form.current?.submit();
        }}
      >
        {say("Send test")}
      </button>
    </form>
  );
}

const place = document.getElementById("mail-editor");
const state = document.getElementById("mail-editor-state");
if (place && state) {
  const told = JSON.parse(state.textContent ?? "") as State;
  speak(told.words);
  render(<Editor session={new Session(told)} />, place);
}
