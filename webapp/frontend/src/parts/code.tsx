// The whole file as its author would write it in an editor of code. Loaded when it is opened.

import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { xml } from "@codemirror/lang-xml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
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
import type { Session } from "../core/session.ts";

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

function leave(view: EditorView): boolean {
  view.contentDOM.blur();
  return true;
}

export interface CodeProps {
  session: Session;
  /** Where to go, and a number that rises with each wish to go there. */
  goTo: { line: number; column: number; wish: number } | null;
}

export function Code({ session, goTo }: CodeProps) {
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
          EditorView.contentAttributes.of({ "aria-label": "Code of the mail", tabindex: "0" }),
          EditorState.readOnly.of(!session.state.mayEdit),
          lineNumbers(),
          xml({ autoCloseTags: false }), // nobody else adds to the text
          syntaxHighlighting(COLOURS),
          JINJA,
          search({ top: true }),
          highlightSelectionMatches(),
          keymap.of([
            { key: "Mod-z", run: step(session.back) },
            { key: "Mod-Shift-z", run: step(session.forth) },
            { key: "Mod-y", run: step(session.forth) },
            { key: "Mod-/", run: () => false },
            { key: "Escape", run: leave },
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
      <p class="hint">Escape, then Tab, leaves the code.</p>
    </div>
  );
}
