// What the frame of the preview tells: which block was pressed in it, that what was pressed is of none, or how far it is scrolled (webapp/static/mail-frame.js).

import type { Address } from "./nodes.ts";

export type Told = { at: Address; isTwice: boolean } | { isAround: true } | { top: number } | null;

/** *data* of a message of the frame; null for what is none of its. */
export function told(data: unknown): Told {
  if (typeof data !== "object" || data === null) return null;
  if ("top" in data) return typeof data.top === "number" && data.top >= 0 ? { top: data.top } : null;
  if ("pressed" in data && data.pressed === "") return { isAround: true };
  if (!("pressed" in data) || typeof data.pressed !== "string" || !/^\d+(\.\d+)*$/.test(data.pressed))
    return null;
  return { at: data.pressed.split(".").map(Number), isTwice: "times" in data && data.times === 2 };
}
