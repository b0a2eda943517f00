// Keys as the reader's keyboard has them written.

import { say } from "./words.ts";

/** `Ctrl+Shift+M` with the names that the reader's language has for such keys. */
export const keysOf = (keys: string): string =>
  keys.replace("Ctrl", say("Ctrl")).replace("Shift", say("Shift"));

/** What a button is called, with the keys that press it. */
export const withKeys = (label: string, keys: string): string => `${label} (${keysOf(keys)})`;
