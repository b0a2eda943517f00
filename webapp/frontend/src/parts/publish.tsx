// Making a mail live: a button that waits, and says for what, while the text would break a promise; then a dialog.

import { useRef, useState } from "preact/hooks";
import type { Session } from "../core/session.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";

/** So many reasons are read out; the list at the foot has all. */
const READ_MAX = 3;

export function Publish({ session }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  const { blocks } = session;
  const waits = blocks.length > 0;
  // It stays in reach of the keyboard while it waits: whoever comes to it hears why, and pressing it leads there.
  const waiting = { "aria-disabled": waits, "aria-describedby": waits ? "why-not" : undefined } as const;
  return (
    <>
      {waits && (
        <span class="why-not" id="why-not" key="why">
          <Icon name="alert" />
          {blocks.length === 1
            ? say("{n} error keeps it back", { n: blocks.length })
            : say("{n} errors keep it back", { n: blocks.length })}
          <span class="vh">: {blocks.slice(0, READ_MAX).join(" ")}</span>
        </span>
      )}
      <button
        type="button"
        class="button primary"
        key="button"
        {...waiting}
        onClick={() => (waits ? showProblems() : dialog.current?.showModal())}
      >
        {say("Publish")}
      </button>
      <dialog ref={dialog} class="picker" aria-labelledby="publish-title" key="dialog">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (waits) return;
            dialog.current?.close();
            session.publish(reason);
          }}
        >
          <h2 id="publish-title">{say("Make it live")}</h2>
          <p>
            {say(
              "Leads whose turn comes from now on get this text. It becomes a revision, and any older one can be restored.",
            )}
          </p>
          {waits && (
            <p class="banner" role="alert">
              <Icon name="alert" />
              <span>{say("It would break a promise: {message}.", { message: blocks[0] ?? "" })}</span>
            </p>
          )}
          <label>
            {say("Why this change")}
            <input
              value={reason}
              autocomplete="off"
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <div class="row">
            <button type="submit" class="button primary" {...waiting}>
              {say("Make live")}
            </button>
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              {say("Cancel")}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** Open the list of problems at the foot, onto the first of them. */
function showProblems(): void {
  const found = document.querySelector<HTMLDetailsElement>(".status-bar .found");
  if (!found) return;
  found.open = true;
  found.querySelector<HTMLElement>(".error :is(.pick, a)")?.focus();
}
