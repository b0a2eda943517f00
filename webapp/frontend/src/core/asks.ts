// What is asked of the server, in one place.

import type { Splice } from "./history.ts";
import type { Address, Node } from "./nodes.ts";
import { say } from "./words.ts";

export type Edit =
  | { do: "text"; node: Address; text: string }
  | { do: "attribute"; node: Address; name: string; value: string | null }
  | { do: "words"; node: Address; words: string }
  | { do: "add"; node: Address; text: string; where: "before" | "after" | "inside" }
  | { do: "delete" | "duplicate" | "unwrap"; node: Address }
  | { do: "move"; node: Address; by: number }
  | { do: "wrap"; node: Address; words: string }
  | { do: "head"; path: readonly string[]; value: string | null }
  | { do: "retype"; text: string };

export interface Head {
  subject?: string;
  preheader?: string;
  links?: Record<string, string>;
  variants?: Record<string, { subject?: string; preheader?: string }>;
}

export interface Shown {
  nodes: Node[];
  head: Head | null;
  problem: string;
  splice?: Splice;
  /** Why the edit was not made. */
  refused?: string;
}

/** A part has become a shared block: the blocks that there are now, and the revision that it went live with. */
export interface SharedNow extends Shown {
  shared: State["shared"];
  live: number;
}

export interface Problem {
  severity: "error" | "warning";
  message: string;
  remedy: string;
  line: number;
  column: number;
  at: Address | null;
  fix: Edit | null;
  /** Whether the mail cannot go live with it. */
  blocks?: boolean;
}

/** A promise of another file that the text would break. */
export interface Elsewhere {
  file: string;
  href: string;
  line: number;
  message: string;
  remedy: string;
}

export interface Judged {
  problems: Problem[];
  /** Leads for whom a fallback is said, and where they are listed. */
  lacking?: { words: string; href: string }[];
  size?: number;
  subject?: string;
  why?: string;
}

export interface Line {
  kind: "same" | "gone" | "new" | "gap";
  text: string;
}

/** Two have changed the same text: what each did. */
export interface Parted {
  words: string;
  theirs: Line[];
  yours?: Line[];
  text: string;
  /** The state of the draft that is newest now. */
  draft?: number;
  number?: number;
  /** The revision that went live. */
  over?: number;
}

export interface State {
  words?: Record<string, string>;
  path: string;
  /** What the mail is called. */
  title: string;
  base: string;
  back: string;
  csrf: string;
  nonce: string;
  text: string;
  /** What the text said before an older one was restored; Undo goes back to it. */
  before?: string | null;
  /** What its named versions are called. */
  named: string[];
  live: number;
  draft: number;
  saved: string;
  savedBy: string;
  isLive: boolean;
  /** Where the text stood when the page was opened: draft, in review, approved or retired. */
  state: string;
  /** How many comments ask for something. */
  comments: number;
  mayEdit: boolean;
  mayPublish: boolean;
  readers: { lead: number; words: string }[];
  /** Whether no lead reads the mail: then it says an example, and has neither readers nor personas. */
  isSystem: boolean;
  personas: { key: string; words: string }[];
  /** Two letters each, those that a file can be written in. */
  languages: string[];
  files: { words: string; href: string; current: boolean; draft: boolean }[];
  /** What the mail can say of its reader, as `lead.first_name`. */
  fields: { name: string; words: string; sure: boolean }[];
  shared: { words: string; text: string }[];
  /** The layout of the mail and what it is made of, which are not edited here. */
  around: { words: string; href: string }[];
  known: Record<string, string[]>;
}

/** What may be written where in the code: see webapp/mail_words.py. */
export interface Words {
  children: Record<string, string[]>;
  /** Values of attributes that have few, by element; those of "" hold for every other. */
  choices: Record<string, Record<string, string[]>>;
  classes: string[];
  values: { name: string; words: string; sure: boolean }[];
  filters: { name: string; put: string }[];
}

export class Refused extends Error {
  readonly status: number;
  readonly told: Record<string, unknown>;

  constructor(status: number, told: Record<string, unknown>) {
    super(String(told.refused ?? told.words ?? say("The server did not take it.")));
    this.status = status;
    this.told = told;
  }
}

/** Whether nobody answered: nothing was taken and nothing refused, so that the same may be asked again. */
export const isAway = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Refused && [502, 503, 504].includes(error.status));

/** Whether the session has ended, or the page outlived it. */
export const isOut = (error: unknown): boolean =>
  error instanceof Refused && (error.status === 401 || (error.status === 400 && !("refused" in error.told)));

/** The token of the session that there is now, for a page that outlived its own; "" while nobody is logged in. */
export async function freshToken(state: State): Promise<string> {
  const reply = await fetch(state.base, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!reply?.ok || reply.redirected) return "";
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const told = page.getElementById("mail-editor-state")?.textContent;
  return told ? (JSON.parse(told) as State).csrf : "";
}

export async function ask<T>(state: State, verb: string, body: unknown): Promise<T> {
  const reply = await fetch(`${state.base}/${verb}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json", // so that whoever is logged out is told so, and not sent to a page
      "X-CSRFToken": state.csrf,
    },
    body: JSON.stringify(body),
  });
  const told = reply.headers.get("Content-Type")?.startsWith("application/json") ? await reply.json() : {};
  if (!reply.ok) throw new Refused(reply.status, told);
  return told as T;
}

/** Asked when the code pane is opened. Rejects where the server is away. */
export async function askWords(state: State): Promise<Words> {
  const reply = await fetch(`${state.base}/words`);
  if (!reply.ok) throw new Refused(reply.status, {});
  return reply.json();
}
