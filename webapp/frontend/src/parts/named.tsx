// Ctrl+S: the text as it is now, kept under a name. The mail goes on being saved by itself; this is to come back to.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../core/session.ts";
import { suggested } from "../core/versions.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";

const NAME_MAX = 80;

/** *close* is called when the dialog has closed, whichever way. */
export function Named({ session, close }: { session: Session; close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const isAsking = useRef(false);
  const [name, setName] = useState(suggested(session.state.named));
  const [why, setWhy] = useState("");
  useEffect(() => {
    dialog.current?.showModal();
    field.current?.select();
  }, []);

  const keep = async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const failed = await session.name(name);
    isAsking.current = false;
    setWhy(failed);
    if (!failed) dialog.current?.close();
  };

  return (
    <dialog
      ref={dialog}
      class="picker"
      aria-labelledby="named-title"
      onClose={close}
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
        event.preventDefault(); // pressed twice it keeps what it suggests
        keep();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <h2 id="named-title">{say("Keep this version under a name")}</h2>
        <label>
          {say("Name of the version")}
          <input
            ref={field}
            value={name}
            maxLength={NAME_MAX}
            autocomplete="off"
            aria-describedby="named-hint"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <p class="hint" id="named-hint">
          {say("Without a name it is called by the hour. It stays in History, also after publishing.")}
        </p>
        {(why || session.trouble) && (
          <p class="banner" role="alert">
            <Icon name="alert" />
            <span>{say("Not kept yet: {why}", { why: why || session.trouble })}</span>
          </p>
        )}
        <div class="row">
          <button type="submit" class="button primary">
            {say("Keep version")}
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {say("Cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
