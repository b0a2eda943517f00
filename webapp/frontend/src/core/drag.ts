// Where a block that is dragged in the outline would go: among its own siblings, by where their rows are.

import type { Address } from "./nodes.ts";

/** A row that is drawn, with the middle of its height on the screen. */
export interface Placed {
  at: Address;
  middle: number;
}

/** By how many places the block at *at* moves when it is let go at the height *y*; its siblings are those of *rows* beside it. */
export function placesMoved(at: Address, rows: readonly Placed[], y: number): number {
  const above = at.slice(0, -1).join(".");
  const own = at.at(-1) ?? 0;
  let by = 0;
  for (const row of rows) {
    if (row.at.length !== at.length || row.at.slice(0, -1).join(".") !== above) continue;
    const index = row.at.at(-1) ?? 0;
    if (index < own && y < row.middle) by -= 1;
    if (index > own && y > row.middle) by += 1;
  }
  return by;
}
