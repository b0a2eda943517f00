// A text and the way back: every change is a splice, and its inverse undoes it. Nothing else of the text moves.

/** `put` in the place of [start, end), in UTF-16 units as the browser counts them. */
export interface Splice {
  start: number;
  end: number;
  put: string;
}

/** One step that a person made; splices of one step are undone together. */
interface Step {
  back: Splice;
  forth: Splice;
  /** What the step did, for words beside the button and to join typing into one step. */
  name: string;
  at: number;
}

const JOINED_MS = 1500;

export interface History {
  text: string;
  done: readonly Step[];
  undone: readonly Step[];
}

export const begin = (text: string): History => ({ text, done: [], undone: [] });

export function spliced(text: string, splice: Splice): string {
  return text.slice(0, splice.start) + splice.put + text.slice(splice.end);
}

export function inverse(text: string, splice: Splice): Splice {
  const end = splice.start + splice.put.length;
  return { start: splice.start, end, put: text.slice(splice.start, splice.end) };
}

/** The smallest splice that makes *after* of *before*, never between the halves of a surrogate pair. */
export function between(before: string, after: string): Splice {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  if (isHigh(before, start - 1)) start -= 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  if (same > 0 && isHigh(before, before.length - same - 1)) same -= 1;
  return { start, end: before.length - same, put: after.slice(start, after.length - same) };
}

const isHigh = (text: string, at: number) => at >= 0 && (text.charCodeAt(at) & 0xfc00) === 0xd800;

/**
 * The history after one more splice. Steps of the same non-empty `name` that follow each other within a moment are one:
 * what is typed into a field comes back at once, not letter by letter.
 */
export function change(history: History, splice: Splice, name: string, now: number): History {
  if (splice.start === splice.end && splice.put === "") return history;
  const { text } = history;
  const after = spliced(text, splice);
  const last = history.done.at(-1);
  if (last && name && last.name === name && now - last.at < JOINED_MS) {
    const before = spliced(text, last.back);
    const whole = between(before, after);
    const step = { back: inverse(before, whole), forth: whole, name, at: now };
    return { text: after, done: [...history.done.slice(0, -1), step], undone: [] };
  }
  const step = { back: inverse(text, splice), forth: splice, name, at: now };
  return { text: after, done: [...history.done, step], undone: [] };
}

export function undo(history: History): History {
  const step = history.done.at(-1);
  if (!step) return history;
  return {
    text: spliced(history.text, step.back),
    done: history.done.slice(0, -1),
    undone: [...history.undone, step],
  };
}

export function redo(history: History): History {
  const step = history.undone.at(-1);
  if (!step) return history;
  return {
    text: spliced(history.text, step.forth),
    done: [...history.done, { ...step, name: "" }],
    undone: history.undone.slice(0, -1),
  };
}
