// What the editor says, in the language of its reader: the page hands its catalogue over (webapp/mail_state.py), keyed by English.

/** Words of ours that stand in a table until they are said. */
export type Word = string & { readonly "a word of ours": true };
type Values = Readonly<Record<string, string | number>>;

let spoken: Readonly<Record<string, string>> = {};

export function speak(words: Readonly<Record<string, string>> | undefined) {
  spoken = words ?? {};
}

/** *english* in the reader's language, with *values* in the places that are named in braces. A whole sentence, written here. */
export function say(english: string, values: Values = {}): string {
  return (spoken[english] ?? english).replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** *english* for a table; `said` says it. */
export const word = (english: string): Word => english as Word;

export const said = (english: Word, values: Values = {}): string => say(english, values);
