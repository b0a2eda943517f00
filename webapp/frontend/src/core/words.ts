// What the editor says, in the language of its reader: the page hands its catalogue over (webapp/mail_state.py), keyed by English.

let spoken: Readonly<Record<string, string>> = {};

export function speak(words: Readonly<Record<string, string>> | undefined) {
  spoken = words ?? {};
}

/** *english* in the reader's language, with *values* in the places that are named in braces. */
export function say(english: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (spoken[english] ?? english).replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
