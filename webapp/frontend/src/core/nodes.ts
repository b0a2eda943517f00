// The outline of a mail as the server draws it, and the ways through it.

export type Address = readonly number[];

export interface Node {
  at: Address;
  kind: "element" | "condition" | "otherwise" | "loop" | "block" | "tag" | "value" | "comment";
  name: string;
  title: string;
  says?: string;
  /** Its content as written, where that can be edited. */
  text?: string;
  attributes?: Record<string, string>;
  children?: Node[];
  /** Whether others can be put into it. */
  holds?: boolean;
  /** Whether it keeps its place. */
  stays?: boolean;
}

export const same = (one: Address, other: Address) => one.join(".") === other.join(".");

export function find(nodes: readonly Node[], at: Address): Node | undefined {
  let found: Node | undefined;
  let level: readonly Node[] = nodes;
  for (const index of at) {
    found = level[index];
    level = found?.children ?? [];
  }
  return at.length ? found : undefined;
}

/** The node at *at*, or what is nearest to where it was: a neighbour before, else what held it. */
export function nearest(nodes: readonly Node[], at: Address): Address {
  for (let length = at.length; length > 0; length -= 1) {
    const above = at.slice(0, length - 1);
    const level = above.length ? (find(nodes, above)?.children ?? []) : nodes;
    for (let index = Math.min(at[length - 1] ?? 0, level.length - 1); index >= 0; index -= 1) {
      if (find(nodes, [...above, index])) return [...above, index];
    }
  }
  return [];
}

/** Every node that is to be seen, in order: those inside of a closed one are not. */
export function visible(nodes: readonly Node[], closed: ReadonlySet<string>): Node[] {
  return nodes.flatMap((node) => [
    node,
    ...(closed.has(node.at.join(".")) ? [] : visible(node.children ?? [], closed)),
  ]);
}

/** What a person would edit first: a text, a button or a picture, else whatever there is. */
export function firstToEdit(nodes: readonly Node[]): Address {
  const all = visible(nodes, new Set());
  const found = all.find((node) => ["mj-text", "mj-button", "mj-image"].includes(node.name)) ?? all[0];
  return found?.at ?? [];
}

/** Where the node at *at* stands after the edit *deed*. */
export function after(at: Address, deed: { do: string; by?: number; where?: string }): Address {
  const last = at.at(-1) ?? 0;
  const above = at.slice(0, -1);
  switch (deed.do) {
    case "move":
      return [...above, last + (deed.by ?? 0)];
    case "duplicate":
      return [...above, last + 1];
    case "add":
      return deed.where === "inside"
        ? [...at, Number.MAX_SAFE_INTEGER]
        : [...above, last + (deed.where === "before" ? 0 : 1)];
    default:
      return at;
  }
}
