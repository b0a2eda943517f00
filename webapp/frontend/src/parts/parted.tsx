// Two have changed the same mail: what each did, side by side, and the choice between them. Nothing is lost either way.

import { useEffect, useRef } from "preact/hooks";
import type { Line } from "../core/asks.ts";
import type { Session } from "../core/session.ts";
import { say } from "../core/words.ts";

export function Parted({ session }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const parted = session.parted;
  useEffect(() => {
    if (parted && !dialog.current?.open) dialog.current?.showModal();
  }, [parted]);
  if (!parted) return null;
  const isLive = parted.over !== undefined;
  return (
    <dialog
      ref={dialog}
      class="parted"
      aria-labelledby="parted-title"
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id="parted-title">
        {isLive ? say("Somebody else made a change live") : say("Somebody else saved this draft")}
      </h2>
      <p>{parted.words}</p>
      <div class="both">
        <Change
          title={isLive ? say("What went live") : say("What they have and you have not")}
          lines={parted.theirs}
        />
        {parted.yours && <Change title={say("What you changed")} lines={parted.yours} />}
      </div>
      <div class="row">
        <button
          type="button"
          class="button primary"
          onClick={() => {
            const over = parted.over;
            session.settle(null);
            if (over !== undefined) session.publish("", over);
          }}
        >
          {isLive ? say("Make mine live over it") : say("Keep mine")}
        </button>
        <button type="button" class="button" onClick={() => session.settle(parted.text)}>
          {say("Take theirs")}
        </button>
        <span class="second">{say("Taking theirs can be undone here.")}</span>
      </div>
    </dialog>
  );
}

function Change({ title, lines }: { title: string; lines: Line[] }) {
  return (
    <section>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <div class="changes" tabIndex={0} role="region" aria-label={title}>
        {lines.map((line, index) => (
          <div key={`${index}`} class={`change ${line.kind}`}>
            <span class="vh">
              {line.kind === "gone" ? say("gone:") : line.kind === "new" ? say("new:") : ""}
            </span>
            {line.kind === "gap" ? "⋯" : line.text || " "}
          </div>
        ))}
        {!lines.length && <p class="second">{say("Nothing")}</p>}
      </div>
    </section>
  );
}
