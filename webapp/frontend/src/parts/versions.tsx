// The versions of a mail as tabs: its files by persona and language, and what an experiment says instead; and new ones.

import { useRef, useState } from "preact/hooks";
import type { Session } from "../core/session.ts";
import { variantKey } from "../core/versions.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";

export function Versions({ session }: { session: Session }) {
  const { state } = session;
  const variants = Object.keys(session.head?.variants ?? {});
  const looked = session.reader.variant;
  return (
    <div class="versions">
      <nav class="files-of" aria-label={say("Files of this mail")}>
        {state.files.map((each) => (
          <a key={each.href} href={each.href} aria-current={each.current ? "page" : undefined}>
            {each.words}
            {each.draft && !each.current && <span class="tag">{say("draft")}</span>}
          </a>
        ))}
        {(state.files.length > 1 || variants.length > 0) && (
          <a href={`${state.base}/versions`}>{say("side by side")}</a>
        )}
      </nav>
      {variants.length > 0 && (
        <span class="files-of" role="group" aria-label={say("Variants of an experiment")}>
          {[null, ...variants].map((each) => (
            <button
              key={each ?? ""}
              type="button"
              aria-pressed={looked === each}
              onClick={() => session.read({ variant: each })}
            >
              {each ?? say("as written")}
            </button>
          ))}
        </span>
      )}
      {state.mayEdit && <New session={session} taken={variants} />}
    </div>
  );
}

/** A menu with two ways to a new version: a file that begins as a copy of this one, or another subject for an experiment. */
function New({ session, taken }: { session: Session; taken: readonly string[] }) {
  const { state } = session;
  const menu = useRef<HTMLDetailsElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState("");
  const names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" });
  const languages = state.languages.map((code) => ({ code, words: names.of(code) ?? code }));
  languages.sort((one, other) => one.words.localeCompare(other.words));
  const close = () => {
    menu.current?.removeAttribute("open");
    menu.current?.querySelector("summary")?.focus();
  };
  const key = variantKey(name);
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <summary class="button small">
        <Icon name="add" />
        {say("Version")}
      </summary>
      <div class="menu-body versions-new">
        <form
          ref={form}
          method="post"
          action={`${state.base}/variant`}
          onSubmit={async (event) => {
            event.preventDefault();
            if (await session.save()) form.current?.submit(); // it begins as a copy of what is shown
          }}
        >
          <input type="hidden" name="csrf_token" value={state.csrf} />
          <h2>{say("For some readers")}</h2>
          <label hidden={state.isSystem}>
            {say("Persona")}
            <select name="persona">
              <option value="">{say("everybody")}</option>
              {state.personas.map((each) => (
                <option key={each.key} value={each.key}>
                  {each.words}
                </option>
              ))}
            </select>
          </label>
          <label>
            {say("Language")}
            <select name="language">
              <option value="">{say("any")}</option>
              {languages.map((each) => (
                <option key={each.code} value={each.code}>
                  {each.words}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="button small">
            {say("Begin it as a copy")}
          </button>
        </form>
        <form
          hidden={state.isSystem}
          onSubmit={async (event) => {
            event.preventDefault();
            if (!key || taken.includes(key)) return;
            const path = ["variants", key, "subject"];
            const value = session.head?.subject ?? "";
            if (!(await session.edit({ do: "head", path, value }))) return;
            session.read({ variant: key });
            setName("");
            close();
          }}
        >
          <h2>{say("For an experiment")}</h2>
          <label>
            {say("Name of the variant")}
            <input
              value={name}
              required
              maxLength={40}
              autocomplete="off"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="button small">
            {say("Give it a subject")}
          </button>
        </form>
      </div>
    </details>
  );
}
