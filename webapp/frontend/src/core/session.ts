// One person's work on one mail: the text and its history, what the server sees in it, and what is kept of it.

import {
  ask,
  type Edit,
  type Elsewhere,
  freshToken,
  type Head,
  isAway,
  isOut,
  type Judged,
  type Parted,
  type Problem,
  Refused,
  type SharedNow,
  type Shown,
  type State,
} from "./asks.ts";
import { begin, between, change, type History, redo, undo } from "./history.ts";
import { type Address, after, find, firstToEdit, type Node, nearest, same } from "./nodes.ts";
import { called } from "./source.ts";
import { say } from "./words.ts";

export const JUDGE_MS = 350;
export const SAVE_MS = 2000;
/** How soon the same is asked again where nobody answered. */
export const AGAIN_MS = 5000;

export interface Reader {
  lead: number | null;
  persona: string | null;
  variant: string | null;
}

export class Session {
  readonly state: State;
  history: History;
  nodes: Node[] = [];
  head: Head | null = null;
  /** Why there is no outline; the last good one stays. */
  problem = "";
  chosen: Address = [];
  /** Where the focus goes with the next drawing: onto the row of what is chosen, or into its content. */
  reached: "" | "row" | "content" = "";
  judged: Judged = { problems: [] };
  /** The text that it was found in. */
  private judgedText = "";
  /** Promises of other files that the text breaks; found a while after it is typed. */
  elsewhere: Elsewhere[] = [];
  reader: Reader;
  draft: number;
  savedText: string;
  saved: string;
  /** What could not be done, to be told and forgotten. */
  told = "";
  trouble = "";
  parted: Parted | null = null;
  /** The newest text that can be shown. */
  shown: string;
  /** What the preview shows: the text, and who reads it. */
  private showing: string;
  /** Rises with whatever there is to show anew: the preview follows it. */
  turn = 0;
  /** What sends at once what was typed and still waits, one for each field. */
  readonly typing = new Set<() => void>();
  private readonly listeners = new Set<() => void>();
  private queue: Promise<unknown> = Promise.resolve();
  private judging: ReturnType<typeof setTimeout> | undefined;
  private saving: ReturnType<typeof setTimeout> | undefined;
  private weighing: ReturnType<typeof setTimeout> | undefined;
  /** Ends the waiting for a server that is away; null while nothing waits. */
  private wake: (() => void) | null = null;

  constructor(state: State) {
    this.state = state;
    const before = state.before ?? state.text;
    this.history = change(begin(before), between(before, state.text), "", 0);
    this.draft = state.draft;
    this.saved = state.saved;
    this.savedText = state.text;
    this.shown = state.text;
    this.reader = { lead: state.readers[0]?.lead ?? null, persona: null, variant: null };
    this.showing = JSON.stringify([this.shown, this.reader]);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  get node(): Node | undefined {
    return find(this.nodes, this.chosen);
  }

  /** A field of the lead, such as `lead.first_name`, as this page calls it. */
  called = (field: string): string =>
    this.state.fields.find((each) => each.name === field)?.words ?? called(field);

  get text(): string {
    return this.history.text;
  }

  get isSaved(): boolean {
    return this.text === this.savedText && !this.wake;
  }

  /** Begin: the outline, and what there is to say of the text. */
  async open(): Promise<void> {
    await this.look();
    this.chosen = firstToEdit(this.nodes);
    await this.judge();
    if (this.draft) await this.weigh();
  }

  /** What keeps the text from going live, each as a sentence. */
  get blocks(): string[] {
    const own = this.judged.problems.filter((each) => each.blocks);
    return [
      ...own.map(({ line, message, remedy }) =>
        say("line {line}: {message}; {remedy}", { line, message, remedy }),
      ),
      ...this.elsewhere.map((each) => say("{file}: {message}; {remedy}", { ...each })),
    ];
  }

  choose(at: Address): void {
    if (same(at, this.chosen)) return;
    this.chosen = at;
    this.changed();
  }

  /** Choose what is at *at*, to go on from its row, or to write in it. */
  reach(at: Address, place: "row" | "content"): void {
    this.chosen = at;
    this.reached = place;
    this.changed();
  }

  tell(words: string): void {
    this.told = words;
    this.changed();
  }

  /** Do *edit*, after all that was asked before; *name* joins what is typed in one go into one step. */
  edit(edit: Edit, name = ""): Promise<boolean> {
    return this.inTurn(() => this.make(edit, name));
  }

  /** Do something to what is chosen when its turn comes: keys are pressed faster than edits are answered. */
  deed(make: (node: Node) => Edit): Promise<boolean> {
    return this.inTurn(async () => {
      const { node } = this;
      return node && !node.stays && this.state.mayEdit ? this.make(make(node), "") : false;
    });
  }

  /** Mend *problem*. It may have been found in an older text, where its places mean something else: then its like in this one. */
  mend(problem: Problem): Promise<boolean> {
    this.typed();
    return this.inTurn(async () => {
      if (this.judgedText !== this.text) await this.judge();
      const now = this.judgedText === this.text ? alike(this.judged.problems, problem) : undefined;
      if (now?.fix) return this.make(now.fix, "");
      this.told = this.trouble || say("This is not in the text any more.");
      this.changed();
      return false;
    });
  }

  private async make(edit: Edit, name: string): Promise<boolean> {
    try {
      const shown = await this.asked<Shown>("look", { text: this.text, edit });
      if (shown.refused) throw new Error(shown.refused);
      if (shown.splice) this.history = change(this.history, shown.splice, name, Date.now());
      this.show(shown);
      if ("node" in edit && edit.do !== "text") this.chosen = nearest(this.nodes, after(edit.node, edit));
      this.told = "";
      this.later();
      return true;
    } catch (error) {
      this.told = wordsOf(error);
      return false;
    } finally {
      this.changed();
    }
  }

  /** Write what stands at *node* into a shared file of that name, and put the include in its place, as one step. */
  share(node: Address, name: string): Promise<boolean> {
    this.typed();
    return this.inTurn(async () => {
      try {
        const done = await ask<SharedNow>(this.state, "block", { text: this.text, node, name });
        if (done.refused) throw new Error(done.refused);
        Object.assign(this.state, { shared: done.shared, live: done.live });
        if (done.splice) this.history = change(this.history, done.splice, "", Date.now());
        this.show(done);
        this.told = say("Saved as a shared block, under Add for every mail. Undo takes it out of this one.");
        this.later();
        return true;
      } catch (error) {
        this.told = wordsOf(error);
        return false;
      } finally {
        this.changed();
      }
    });
  }

  back = (): Promise<void> => this.step(undo, say("Undone"));
  forth = (): Promise<void> => this.step(redo, say("Done again"));

  private step(way: (history: History) => History, words: string): Promise<void> {
    this.typed();
    return this.inTurn(async () => {
      const before = this.history;
      this.history = way(before);
      if (this.history === before) return;
      this.told = words;
      await this.look();
      this.chosen = nearest(this.nodes, this.chosen);
      this.later();
      this.changed();
    });
  }

  private typed(): void {
    for (const send of this.typing) send();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  /**
   * Ask until somebody answers. Whatever was typed meanwhile waits in its field and is asked after this, in its order; so
   * nothing is lost where the server is away or the session has ended.
   */
  private async asked<T>(verb: string, body: unknown): Promise<T> {
    for (;;) {
      try {
        const answer = await ask<T>(this.state, verb, body);
        if (this.wake) {
          Object.assign(this, { wake: null, trouble: "" });
          this.later();
        }
        return answer;
      } catch (error) {
        const out = isOut(error);
        const token = out ? await freshToken(this.state) : "";
        if (token && token !== this.state.csrf) {
          this.state.csrf = token;
          continue;
        }
        if (!isAway(error) && !(out && !token)) {
          this.wake = null;
          throw error;
        }
        await this.waiting(out);
      }
    }
  }

  private waiting(out: boolean): Promise<void> {
    this.trouble = out
      ? say(
          "Could not save: you are logged out. Log in in another tab and come back to this one; your text is kept here.",
        )
      : say("Could not save. Your text is kept here, and saved as soon as the server answers.");
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, AGAIN_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.changed();
    });
  }

  /** Somebody is back, or the network: what waits is asked at once. */
  again = (): void => this.wake?.();

  /** Try what failed or waits, now. */
  retry = (): void => {
    if (this.wake) this.wake();
    else this.save().then(() => this.judge());
  };

  private async look(): Promise<void> {
    try {
      this.show(await this.asked<Shown>("look", { text: this.text }));
    } catch (error) {
      this.told = wordsOf(error);
    }
    this.changed();
  }

  private show(shown: Shown): void {
    this.problem = shown.problem;
    if (shown.head || !shown.problem) this.head = shown.head;
    if (!shown.problem) this.nodes = shown.nodes;
  }

  private later(): void {
    clearTimeout(this.judging);
    clearTimeout(this.saving);
    this.judging = setTimeout(() => this.judge(), JUDGE_MS);
    this.saving = setTimeout(() => this.save(), SAVE_MS);
    clearTimeout(this.weighing);
    this.weighing = setTimeout(() => this.weigh(), SAVE_MS);
  }

  /** Ask which promises of other files the text would break; where nobody answers, what was found before stays. */
  private async weigh(): Promise<void> {
    if (!this.state.mayPublish) return;
    const text = this.text;
    try {
      const { problems } = await ask<{ problems: Elsewhere[] }>(this.state, "elsewhere", { text });
      if (text !== this.text) return;
      this.elsewhere = problems;
      this.changed();
    } catch {
      return; // saving says that nobody answers, and publishing asks the server itself
    }
  }

  async judge(): Promise<void> {
    const text = this.text;
    try {
      const judged = await ask<Judged>(this.state, "judge", { text, ...this.reader });
      if (text !== this.text) return;
      Object.assign(this, { judged, judgedText: text });
      const now = JSON.stringify([text, this.reader]);
      if (!judged.why && now !== this.showing) {
        Object.assign(this, { shown: text, showing: now }); // else what was shown last stays
        this.turn += 1;
      }
      if (this.wake) this.wake();
      else this.trouble = "";
    } catch (error) {
      if (!this.wake) this.trouble = wordsOf(error);
      clearTimeout(this.judging);
      if (isAway(error)) this.judging = setTimeout(() => this.judge(), AGAIN_MS);
    }
    this.changed();
  }

  read(reader: Partial<Reader>): void {
    this.reader = { ...this.reader, ...reader };
    this.judge();
  }

  /** Keep the text as a draft; nothing goes live. */
  save = (): Promise<boolean> => {
    clearTimeout(this.saving);
    this.typed();
    return this.inTurn(async () => {
      if (!this.state.mayEdit || this.text === this.savedText || this.parted) return this.isSaved;
      const text = this.text;
      try {
        const kept = await this.asked<{ number: number; at: string }>("draft", {
          text,
          seeing: this.draft,
          base: this.state.live,
        });
        Object.assign(this, { draft: kept.number, saved: kept.at, savedText: text, trouble: "" });
        return true;
      } catch (error) {
        this.refused(error, say("Could not save. Your text is kept here."));
        return false;
      } finally {
        this.changed();
      }
    });
  };

  /** Keep the text as a version called *name*, which is no edit and meets nobody else's; why that failed, empty for done. */
  name = (name: string): Promise<string> => {
    this.typed();
    return this.inTurn(async () => {
      try {
        const kept = await ask<{ name: string }>(this.state, "name", { text: this.text, name });
        this.state.named.push(kept.name);
        this.told = say("Kept as “{name}”. It is in History, also after publishing.", kept);
        return "";
      } catch (error) {
        return wordsOf(error);
      } finally {
        this.changed();
      }
    });
  };

  /** Make the text live; *over* is the revision that the author has seen and writes over. */
  publish = (reason: string, over: number | null = null): Promise<number | null> => {
    this.typed();
    return this.inTurn(async () => {
      const text = this.text;
      try {
        const done = await ask<{ revision: number }>(this.state, "live", {
          text,
          seeing: this.draft,
          base: this.state.live,
          reason,
          over,
        });
        Object.assign(this, { draft: 0, saved: "", savedText: text, parted: null, trouble: "" });
        this.state.live = done.revision;
        this.state.isLive = true;
        this.told = say("Live, as revision {revision}", { revision: done.revision });
        return done.revision;
      } catch (error) {
        this.refused(error, "");
        return null;
      } finally {
        this.changed();
      }
    });
  };

  private refused(error: unknown, before: string): void {
    if (error instanceof Refused && typeof error.told.number === "number") {
      this.draft = error.told.number;
      this.savedText = this.text;
    }
    if (error instanceof Refused && error.status === 409) this.parted = error.told as unknown as Parted;
    else this.trouble = `${before} ${wordsOf(error)}`.trim();
  }

  /** Two have parted: take *text*, or go on with one's own. */
  settle(text: string | null): void {
    const parted = this.parted;
    this.parted = null;
    if (!parted) return;
    if (parted.draft !== undefined) this.draft = parted.draft;
    if (text !== null) this.edit({ do: "retype", text });
    else this.save();
    this.changed();
  }
}

/** The one of *problems* that says what *problem* says, nearest to its line. */
function alike(problems: readonly Problem[], problem: Problem): Problem | undefined {
  const far = (each: Problem) => Math.abs(each.line - problem.line);
  return problems
    .filter((each) => each.message === problem.message)
    .sort((one, other) => far(one) - far(other))[0];
}

export function wordsOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return error instanceof TypeError
    ? say("The server does not answer. Try again.")
    : (error as Error).message;
}
