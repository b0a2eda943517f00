// A field whose text is the source of a mail: values show as chips, tags as what they do, and no byte changes that nobody typed.

import { standardKeymap } from "@codemirror/commands";
import { Annotation, EditorState, type Extension, type Range, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, WidgetType } from "@codemirror/view";
import { chipOf, escaped, type Token, toggled, tokens } from "../core/source.ts";
import { say } from "../core/words.ts";

export interface RichOptions {
  parent: HTMLElement;
  source: string;
  /** HTML; else a line of Jinja such as a subject. */
  isHtml: boolean;
  /** Whether tags are drawn as what they do; a table's are shown. */
  hidesTags: boolean;
  label: string;
  describedBy?: string;
  nonce: string;
  /** What a field of the lead is called. */
  called(field: string): string;
  readOnly: boolean;
  changed(source: string): void;
  /** `{` was typed. */
  askChip(): void;
  askLink(): void;
  undo(): void;
  redo(): void;
}

const FROM_OUTSIDE = Annotation.define<boolean>();
const DOES: Record<string, string> = { b: "b", strong: "b", i: "i", em: "i", u: "u", a: "a", span: "span" };

class Drawn extends WidgetType {
  readonly words: string;
  readonly look: string;
  readonly hint: string;

  constructor(words: string, look: string, hint: string) {
    super();
    this.words = words;
    this.look = look;
    this.hint = hint;
  }

  override eq(other: Drawn): boolean {
    return this.words === other.words && this.look === other.look && this.hint === other.hint;
  }

  override toDOM(): HTMLElement {
    const shown = document.createElement("span");
    shown.className = this.look;
    shown.textContent = this.words;
    if (this.hint) shown.title = this.hint;
    return shown;
  }
}

function widget(token: Token, called: RichOptions["called"]): Drawn | null {
  const chip = token.kind === "value" ? chipOf(token.source) : null;
  switch (token.kind) {
    case "value": {
      const inner = token.source.slice(2, -2).trim();
      const hint = chip?.fallback
        ? say("{value}: “{fallback}” where it is not known", { value: inner, fallback: chip.fallback })
        : inner;
      return new Drawn(chip ? called(chip.field) : inner, "cm-chip", hint);
    }
    case "bracket":
      return new Drawn(
        token.source
          .slice(2, -2)
          .replace(/^[-+]|[-+]$/g, "")
          .trim(),
        "cm-bracket",
        "",
      );
    case "note":
      return new Drawn("…", "cm-note", token.source);
    case "entity":
      return new Drawn(
        token.name === "\u00a0" ? "·" : token.name,
        token.name === "\u00a0" ? "cm-space" : "",
        token.source,
      );
    case "break":
      return new Drawn("↵", "cm-break", say("a new line"));
    default:
      return null;
  }
}

/** What is drawn over *source*. */
function drawings(source: string, { isHtml, hidesTags, called }: RichOptions): DecorationSet {
  const found: Range<Decoration>[] = [];
  const open: Token[] = [];
  for (const token of tokens(source, isHtml)) {
    const drawn = widget(token, called);
    if (drawn && (hidesTags || token.kind !== "break")) {
      found.push(Decoration.replace({ widget: drawn }).range(token.from, token.to));
    } else if (token.kind === "open" || token.kind === "close") {
      const does = DOES[token.name];
      if (!hidesTags || !does) {
        found.push(Decoration.mark({ class: "cm-tag" }).range(token.from, token.to));
        continue;
      }
      found.push(Decoration.replace({}).range(token.from, token.to));
      if (token.kind === "open") open.push(token);
      else {
        const index = open.findLastIndex((each) => each.name === token.name);
        const [opened] = index < 0 ? [] : open.splice(index, 1);
        if (opened && token.from > opened.to) {
          found.push(Decoration.mark({ class: `cm-${does}` }).range(opened.to, token.from));
        }
      }
    }
  }
  return Decoration.set(found, true);
}

function drawn(options: RichOptions): Extension {
  const field = StateField.define<DecorationSet>({
    create: (state) => drawings(state.doc.toString(), options),
    update: (now, change) => (change.docChanged ? drawings(change.newDoc.toString(), options) : now),
    provide: (self) => EditorView.decorations.from(self),
  });
  const whole = EditorView.atomicRanges.of((view) =>
    (view.state.field(field, false) ?? Decoration.none).update({ filter: (_, __, each) => !each.spec.class }),
  );
  return [field, whole];
}

const LOOK = EditorView.theme({
  "&.cm-focused": { outline: "none" },
  ".cm-content": { padding: "6px 8px", fontFamily: "inherit", caretColor: "var(--ink)", lineHeight: "1.6" },
  ".cm-line": { padding: "0" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit" },
});

export class Rich {
  readonly view: EditorView;
  private readonly options: RichOptions;

  constructor(options: RichOptions) {
    this.options = options;
    const oneLine = EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change));
    const attributes: Record<string, string> = {
      "aria-label": options.label,
      spellcheck: "true",
      tabindex: "0",
    };
    if (options.describedBy) attributes["aria-describedby"] = options.describedBy;
    if (!options.isHtml) attributes["aria-multiline"] = "false";
    if (options.readOnly) attributes["aria-readonly"] = "true";
    this.view = new EditorView({
      parent: options.parent,
      state: EditorState.create({
        doc: options.source,
        extensions: [
          EditorView.cspNonce.of(options.nonce),
          LOOK,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of(attributes),
          EditorState.readOnly.of(options.readOnly),
          drawn(options),
          options.isHtml ? [] : oneLine,
          keymap.of([
            { key: "Mod-z", run: () => this.outside(options.undo) },
            { key: "Mod-Shift-z", run: () => this.outside(options.redo) },
            { key: "Mod-y", run: () => this.outside(options.redo) },
            ...(options.isHtml
              ? [
                  { key: "Mod-b", run: () => this.toggle("<strong>") },
                  { key: "Mod-i", run: () => this.toggle("<em>") },
                  { key: "Mod-k", run: () => this.outside(options.askLink) },
                  { key: "Enter", run: () => this.put("<br>") },
                ]
              : []),
            ...standardKeymap,
          ]),
          EditorView.inputHandler.of((_view, _from, _to, typed) => this.typed(typed)),
          EditorView.domEventHandlers({ paste: (event) => this.pasted(event) }),
          EditorView.updateListener.of((update) => {
            const outside = update.transactions.some((each) => each.annotation(FROM_OUTSIDE));
            if (update.docChanged && !outside) options.changed(this.source);
          }),
        ],
      }),
    });
  }

  get source(): string {
    return this.view.state.doc.toString();
  }

  /** The text as it is now elsewhere, such as after an undo. */
  show(source: string): void {
    if (source === this.source) return;
    const changes = { from: 0, to: this.view.state.doc.length, insert: source };
    const anchor = Math.min(this.view.state.selection.main.anchor, source.length);
    this.view.dispatch({ changes, selection: { anchor }, annotations: FROM_OUTSIDE.of(true) });
  }

  put(source: string): boolean {
    if (this.options.readOnly) return false;
    this.view.dispatch(this.view.state.replaceSelection(source), {
      scrollIntoView: true,
      userEvent: "input",
    });
    return true;
  }

  toggle(open: string): boolean {
    if (this.options.readOnly) return false;
    const { from, to } = this.view.state.selection.main;
    const change = toggled(this.source, from, to, open);
    const inside = change.put.startsWith("<") ? change.from + open.length : change.from;
    this.view.dispatch({
      changes: { from: change.from, to: change.to, insert: change.put },
      selection: { anchor: inside, head: inside + (to - from) },
      userEvent: "input",
    });
    this.view.focus();
    return true;
  }

  private typed(typed: string): boolean {
    if (typed === "{" && !this.options.readOnly) return this.outside(this.options.askChip);
    return this.options.isHtml && /[<>&]/.test(typed) && this.put(escaped(typed));
  }

  private pasted(event: ClipboardEvent): boolean {
    const words = event.clipboardData?.getData("text/plain") ?? "";
    const line = this.options.isHtml ? escaped(words) : words.replace(/\s*[\r\n]+\s*/g, " ");
    event.preventDefault();
    return this.put(line.replaceAll("{{", "{ {").replaceAll("{%", "{ %"));
  }

  private outside(what: () => void): boolean {
    what();
    return true;
  }
}
