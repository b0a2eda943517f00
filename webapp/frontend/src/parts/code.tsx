// The whole file as its author would write it in an editor of code. Loaded when it is opened.

import {
  autocompletion,
  type Completion,
  type CompletionSource,
  closeCompletion,
  currentCompletions,
  pickedCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { xml } from "@codemirror/lang-xml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, Prec } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useReducer, useRef } from "preact/hooks";
import { askWords, type Words } from "../core/asks.ts";
import { type Offer, offersAt } from "../core/complete.ts";
import type { Session } from "../core/session.ts";
import { say } from "../core/words.ts";

const TYPING_MS = 400;
const FROM_OUTSIDE = Annotation.define<boolean>();

const COLOURS = HighlightStyle.define([
  { tag: tags.tagName, color: "var(--accent)" },
  { tag: tags.attributeName, color: "var(--cold)" },
  { tag: tags.attributeValue, color: "var(--ok)" },
  { tag: tags.comment, color: "var(--second)", fontStyle: "italic" },
]);
const jinja = new MatchDecorator({
  regexp: /\{[{%#].*?[}%#]\}/g,
  decoration: Decoration.mark({ class: "cm-jinja" }),
});
const JINJA = ViewPlugin.define(
  (view) => ({
    marks: jinja.createDeco(view),
    update(update: ViewUpdate) {
      this.marks = jinja.updateDeco(update, this.marks);
    },
  }),
  { decorations: (plugin) => plugin.marks },
);

/** Rules of CodeMirror's own, which those of our layers do not outdo. */
const LOOKS = EditorView.theme({
  ".cm-gutters": {
    background: "var(--page)",
    color: "var(--second)",
    borderInlineEnd: "1px solid var(--line)",
  },
  ".cm-cursor": { borderInlineStartColor: "var(--ink)" },
  ".cm-tooltip": {
    background: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: "var(--t13)",
    maxHeight: "14rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", minHeight: "24px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    background: "var(--accent-wash)",
    color: "var(--accent)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--second)", fontStyle: "normal", fontFamily: "var(--font)" },
});

/** What core/complete.ts offers; its words are fetched with the first list, and again where that failed. */
function offered(session: Session): CompletionSource {
  let words: Promise<Words> | null = null;
  return async (context) => {
    const { links = {} } = session.head ?? {};
    const { known: attributes, fields } = session.state;
    words ??= askWords(session.state);
    try {
      const before = context.state.sliceDoc(0, context.pos);
      const after = context.state.sliceDoc(context.pos, context.state.doc.lineAt(context.pos).to);
      const found = offersAt(
        before,
        after,
        { ...(await words), attributes, fields, links },
        context.explicit,
      );
      if (!found) return null;
      const options = found.offers.map(({ label, detail, ...offer }, index) => ({
        label,
        boost: -index / 100, // of what fits equally well, fields of the lead come first
        ...(detail ? { detail } : {}),
        apply: take({ label, ...offer }),
      }));
      return { from: found.from, options, validFor: /^[\w.-]*$/ };
    } catch {
      words = null; // one can write without the list
      return null;
    }
  };
}

const take =
  (offer: Offer) =>
  (view: EditorView, completion: Completion, from: number, to: number): void =>
    view.dispatch({
      changes: { from, to, insert: offer.put },
      selection: { anchor: from + (offer.caret ?? offer.put.length) },
      userEvent: "input.complete",
      annotations: pickedCompletion.of(completion),
    });

/** Close the list that is shown, or leave: one that is only being asked for does not keep anybody here. */
function closeOrLeave(view: EditorView): boolean {
  const isShown = currentCompletions(view.state).length > 0;
  closeCompletion(view);
  if (!isShown) view.contentDOM.blur();
  return true;
}

export interface CodeProps {
  session: Session;
  /** Where to go, and a number that rises with each wish to go there. */
  goTo: { line: number; column: number; wish: number } | null;
  /** Whether it is opened by a key, and has the focus at once. */
  into: { current: boolean };
}

export function Code({ session, goTo, into }: CodeProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);

  /** What was sent and is not in the text yet: until it is, the pane knows better than the text. */
  const answering = useRef(0);
  const [turn, answered] = useReducer((before: number, _: undefined) => before + 1, 0);

  const flush = () => {
    if (waiting.current === null) return;
    clearTimeout(waiting.current);
    waiting.current = null;
    if (!view.current) return;
    answering.current += 1;
    session.edit({ do: "retype", text: view.current.state.doc.toString() }, "code").finally(() => {
      answering.current -= 1;
      answered(undefined);
    });
  };
  const step = (way: () => void) => () => {
    flush();
    way();
    return true;
  };

  useEffect(() => {
    if (!place.current) return;
    view.current = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: session.text,
        extensions: [
          EditorView.cspNonce.of(session.state.nonce),
          EditorView.contentAttributes.of({ "aria-label": say("Code of the mail"), tabindex: "0" }),
          EditorState.readOnly.of(!session.state.mayEdit),
          lineNumbers(),
          xml({ autoCloseTags: false }), // nobody else adds to the text
          syntaxHighlighting(COLOURS),
          JINJA,
          Prec.highest(keymap.of([{ key: "Escape", run: closeOrLeave }])),
          session.state.mayEdit ? autocompletion({ override: [offered(session)], icons: false }) : [],
          LOOKS,
          search({ top: true }),
          highlightSelectionMatches(),
          keymap.of([
            { key: "Mod-z", run: step(session.back) },
            { key: "Mod-Shift-z", run: step(session.forth) },
            { key: "Mod-y", run: step(session.forth) },
            { key: "Mod-/", run: () => false },
            ...searchKeymap,
            indentWithTab,
            ...defaultKeymap.filter((each) => each.key !== "Mod-/" && each.key !== "Mod-Enter"),
          ]),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((each) => each.annotation(FROM_OUTSIDE)))
              return;
            if (waiting.current !== null) clearTimeout(waiting.current);
            waiting.current = setTimeout(flush, TYPING_MS);
          }),
        ],
      }),
    });
    if (into.current) view.current.focus();
    into.current = false;
    session.typing.add(flush);
    return () => {
      session.typing.delete(flush);
      flush();
      view.current?.destroy();
    };
  }, []);

  useEffect(() => {
    const shown = view.current;
    const text = session.text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    if (!shown || waiting.current !== null || answering.current || shown.state.doc.toString() === text)
      return;
    const anchor = Math.min(shown.state.selection.main.anchor, text.length);
    shown.dispatch({
      changes: { from: 0, to: shown.state.doc.length, insert: text },
      selection: { anchor },
      annotations: FROM_OUTSIDE.of(true),
    });
  }, [session.text, turn]);

  useEffect(() => {
    const shown = view.current;
    if (!shown || !goTo || goTo.line > shown.state.doc.lines) return;
    const line = shown.state.doc.line(goTo.line);
    const anchor = Math.min(line.from + goTo.column - 1, line.to);
    shown.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    shown.focus();
  }, [goTo]);

  return (
    <div class="code-pane">
      <div ref={place} class="code-of" />
      <p class="hint">
        {session.state.mayEdit
          ? say(
              "Ctrl+Space lists what may stand here, and Escape closes the list. Escape, then Tab, leaves the code.",
            )
          : say("Escape, then Tab, leaves the code.")}
      </p>
    </div>
  );
}
