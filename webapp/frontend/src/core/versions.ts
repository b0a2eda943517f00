// What versions of a mail are called.

import { say } from "./words.ts";

/** The key that an experiment knows a variant by, of whatever a person calls it; empty where nothing is left of it. */
export const variantKey = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "");

/** A name for one more version beside those that are *taken*. */
export function suggested(taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number += 1) {
    const name = say("Version {number}", { number });
    if (!taken.includes(name)) return name;
  }
}
