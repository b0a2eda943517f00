// The blocks of a mail as a tree: conditions and loops as coloured brackets, everything by keys, by pointer and by buttons.

import { useEffect, useRef, useState } from "preact/hooks";
import { placesMoved } from "../core/drag.ts";
import { withKeys } from "../core/keys.ts";
import { find, type Node, same, visible } from "../core/nodes.ts";
import type { Session } from "../core/session.ts";
import { toLink } from "../core/source.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";

const SIGNS: Record<string, string> = {
  condition: "if",
  otherwise: "if",
  loop: "each",
  comment: "note",
  value: "value",
  "mj-text": "text",
  "mj-button": "button",
  "mj-image": "image",
  "mj-divider": "line",
  include: "shared",
  extends: "shared",
};
/** What can be put in: how it is called, its element, and how the code of a new one goes on. Made when it is asked for, in the reader's words. */
const plain = (link: string): [string, string, string][] => [
  [say("Text"), "mj-text", `>${say("Write here")}</mj-text>`],
  [say("Button"), "mj-button", ` href="${link}">${say("Read on")}</mj-button>`],
  [say("Image"), "mj-image", ' src="https://" alt="" />'],
  [say("Divider"), "mj-divider", " />"],
  [say("Space"), "mj-spacer", ' height="24px" />'],
  [
    say("Table"),
    "mj-table",
    `>\n  <tr><th>${say("First")}</th><td>${say("what it says")}</td></tr>\n</mj-table>`,
  ],
  [
    say("Section"),
    "mj-section",
    `>\n  <mj-column>\n    <mj-text>${say("Write here")}</mj-text>\n  </mj-column>\n</mj-section>`,
  ],
];

/** Scroll *list* as far as *row* asks for, and nothing around it: on a telephone the page begins at its top. */
function bringInto(list: HTMLElement, row: HTMLElement) {
  const [box, at] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (at.top < box.top) list.scrollTop -= box.top - at.top;
  else if (at.bottom > box.bottom) list.scrollTop += at.bottom - box.bottom;
}

export function Outline({ session }: { session: Session }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const rows = visible(session.nodes, closed);
  const chosen = session.chosen.join(".");

  useEffect(() => {
    const hides = session.chosen.map((_, index) => session.chosen.slice(0, index).join("."));
    if (hides.some((each) => closed.has(each)))
      setClosed(new Set([...closed].filter((each) => !hides.includes(each))));
  }, [chosen]);
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (row && list.current) bringInto(list.current, row);
    if (hasFocus.current) row?.focus();
  }, [chosen, session.nodes]);

  useEffect(() => {
    if (session.reached !== "row") return;
    session.reached = "";
    list.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus({ preventScroll: true });
  });

  const fold = (node: Node, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(node.at.join("."));
    else next.add(node.at.join("."));
    setClosed(next);
  };

  const keys = (event: KeyboardEvent) => {
    const index = rows.findIndex((row) => same(row.at, session.chosen));
    const node = rows[index];
    if (!node) return;
    const go = (to: Node | undefined) => to && session.choose(to.at);
    const isOpen = !closed.has(node.at.join("."));
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      move(session, event.key === "ArrowUp" ? -1 : 1);
    } else if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "d") {
      duplicate(session);
    } else if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (event.key === "ArrowDown") go(rows[index + 1]);
    else if (event.key === "ArrowUp") go(rows[index - 1]);
    else if (event.key === "Home") go(rows[0]);
    else if (event.key === "End") go(rows.at(-1));
    else if (event.key === "ArrowRight" && node.children?.length) {
      if (isOpen) go(node.children[0]);
      else fold(node, true);
    } else if (event.key === "ArrowLeft") {
      if (node.children?.length && isOpen) fold(node, false);
      else go(find(session.nodes, node.at.slice(0, -1)));
    } else if (event.key === "Delete" || event.key === "Backspace") remove(session);
    else if (event.key === "Enter") session.reach(node.at, "content");
    else return;
    event.preventDefault();
  };

  return (
    <section class="pane outline" data-region="blocks" aria-label={say("Blocks")}>
      <div class="pane-top">
        <h2>{say("Blocks")}</h2>
        {session.state.mayEdit && <Add session={session} />}
      </div>
      {session.state.mayEdit && <Deeds session={session} />}
      <div
        ref={list}
        class="tree"
        role="tree"
        aria-label={say("Blocks of the mail")}
        onKeyDown={keys}
        onFocusIn={() => {
          hasFocus.current = true;
        }}
        onFocusOut={() => {
          hasFocus.current = false;
        }}
      >
        {rows.map((node) => (
          <Row
            key={node.at.join(".")}
            node={node}
            session={session}
            isClosed={closed.has(node.at.join("."))}
            fold={fold}
          />
        ))}
      </div>
    </section>
  );
}

interface RowProps {
  node: Node;
  session: Session;
  isClosed: boolean;
  fold(node: Node, open: boolean): void;
}

function Row({ node, session, isClosed, fold }: RowProps) {
  const isChosen = same(node.at, session.chosen);
  const above = node.at.slice(0, -1).map((_, index) => find(session.nodes, node.at.slice(0, index + 1)));
  const worst = session.judged.problems.filter((each) => each.at && same(each.at, node.at));
  const hasChildren = Boolean(node.children?.length);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys of all its rows
    <div
      class={`row-of is-${node.kind}`}
      role="treeitem"
      aria-level={node.at.length}
      aria-selected={isChosen}
      {...(hasChildren ? { "aria-expanded": !isClosed } : {})}
      tabIndex={isChosen ? 0 : -1}
      data-row={node.at.join(".")}
      onClick={() => session.choose(node.at)}
      onPointerDown={(event) => drag(session, node, event)}
    >
      {above.map((each, index) => (
        <span key={`${index}`} class={`guide is-${each?.kind ?? ""}`} aria-hidden="true" />
      ))}
      {hasChildren ? (
        <span
          class={`fold ${isClosed ? "" : "is-open"}`}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            fold(node, isClosed);
          }}
        >
          <Icon name="next" />
        </span>
      ) : (
        <span class="fold" aria-hidden="true" />
      )}
      <Icon name={SIGNS[node.kind] ?? SIGNS[node.name] ?? "box"} />
      <span class="row-words">
        <b>{node.title}</b> {node.says && <span class="second">{node.says}</span>}
      </span>
      {worst.length > 0 && (
        <span class={`spot ${worst.some((each) => each.severity === "error") ? "error" : "warning"}`}>
          <Icon name="alert" />
          <span class="vh">
            {worst.length === 1 ? say("has a problem") : say("has {n} problems", { n: worst.length })}
          </span>
        </span>
      )}
    </div>
  );
}

const FAR = 6;

/** Drag the row that the pointer came down on, until it is let go; Escape, or a pointer that is lost, leaves all as it was. */
function drag(session: Session, node: Node, down: PointerEvent): void {
  const list = (down.currentTarget as HTMLElement).parentElement;
  const row = down.currentTarget as HTMLElement;
  if (!list || !session.state.mayEdit || node.stays || down.button !== 0 || down.pointerType === "touch")
    return;
  const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")].map((each) => {
    const box = each.getBoundingClientRect();
    return { at: (each.dataset.row ?? "").split(".").map(Number), middle: box.top + box.height / 2 };
  });
  let isFar = false;
  const moved = (event: PointerEvent) => {
    isFar ||= Math.abs(event.clientY - down.clientY) > FAR;
    if (isFar) row.style.translate = `0 ${event.clientY - down.clientY}px`;
    row.classList.toggle("is-dragged", isFar);
  };
  const end = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== "Escape") return;
    removeEventListener("pointermove", moved);
    for (const name of ENDS) removeEventListener(name, end);
    row.style.translate = "";
    row.classList.remove("is-dragged");
    if (!isFar || event.type !== "pointerup") return;
    const by = placesMoved(node.at, rows, (event as PointerEvent).clientY);
    if (by) session.edit({ do: "move", node: node.at, by });
  };
  addEventListener("pointermove", moved);
  for (const name of ENDS) addEventListener(name, end);
}

const ENDS = ["pointerup", "pointercancel", "keydown"];

const move = (session: Session, by: number) => session.deed((node) => ({ do: "move", node: node.at, by }));
const duplicate = (session: Session) => session.deed((node) => ({ do: "duplicate", node: node.at }));

async function remove(session: Session): Promise<void> {
  let title = "";
  const isGone = await session.deed((node) => {
    title = node.title;
    return { do: "delete", node: node.at };
  });
  if (isGone) session.tell(say("{title} is gone. Undo brings it back.", { title }));
}

/** What can be done with what is chosen. */
function Deeds({ session }: { session: Session }) {
  const node = session.node;
  const stays = !node || node.stays === true;
  const deeds: [string, string, string, () => unknown][] = [
    ["up", say("Move up"), "Alt+↑", () => move(session, -1)],
    ["down", say("Move down"), "Alt+↓", () => move(session, 1)],
    ["copy", say("Duplicate"), "Ctrl+D", () => duplicate(session)],
    ["remove", say("Remove"), say("Del"), () => remove(session)],
  ];
  return (
    <div class="deeds" role="toolbar" aria-label={say("The chosen block")}>
      {deeds.map(([icon, words, keys, act]) => (
        <button
          key={words}
          type="button"
          class="tool"
          aria-label={words}
          title={withKeys(words, keys)}
          disabled={stays}
          onClick={act}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

/** Blocks to put in after what is chosen, or into it where it is empty and holds others. */
function Add({ session }: { session: Session }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const node = session.node;
  const link = Object.keys(session.head?.links ?? {})[0];
  const put = async (text: string) => {
    menu.current?.removeAttribute("open");
    if (!node) return;
    const where = node.holds && (node.kind === "block" || !node.children?.length) ? "inside" : "after";
    await session.edit({ do: "add", node: node.at, text, where });
  };
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        menu.current?.removeAttribute("open");
        menu.current?.querySelector("summary")?.focus();
      }}
    >
      <summary class="button small">
        <Icon name="add" />
        {say("Add")}
      </summary>
      <div class="menu-body">
        <ul>
          {plain(link ? toLink(link) : "").map(([words, element, rest]) => (
            <li key={element}>
              <button type="button" class="pick" onClick={() => put(`<${element}${rest}`)}>
                {words}
              </button>
            </li>
          ))}
        </ul>
        {session.state.shared.length > 0 && (
          <>
            <h3>{say("Shared")}</h3>
            <ul>
              {session.state.shared.map((each) => (
                <li key={each.words}>
                  <button type="button" class="pick" onClick={() => put(each.text)}>
                    <Icon name="shared" />
                    {each.words}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </details>
  );
}
