import assert from "node:assert/strict";
import test from "node:test";
import type { Edit, Problem, State } from "../src/core/asks.ts";
import { between } from "../src/core/history.ts";
import { AGAIN_MS, Session } from "../src/core/session.ts";

const BARE = "<mj-image/>";
const NO_WORDS = "an image has no words";

/** A server to which a text is its lines: each bare image lacks words, and its place is its line. */
function answer(verb: string, body: { text: string; edit?: Edit }): unknown {
  const lines = body.text.split("\n");
  if (verb === "judge") return { problems: lines.flatMap((line, at) => (line === BARE ? [found(at)] : [])) };
  if (verb === "draft") return { number: 1, at: "12:03" };
  const { edit } = body;
  if (!edit) return { nodes: [], head: null, problem: "" };
  if (edit.do === "attribute") {
    const at = edit.node[0] as number;
    if (lines[at] !== BARE) return { nodes: [], head: null, problem: "", refused: "there is no image" };
    lines[at] = '<mj-image alt=""/>';
  }
  const after = edit.do === "retype" ? edit.text : lines.join("\n");
  return { nodes: [], head: null, problem: "", splice: between(body.text, after) };
}

const found = (at: number): Problem => ({
  severity: "error",
  message: NO_WORDS,
  remedy: "say what it shows",
  line: at + 1,
  column: 1,
  at: [at],
  fix: { do: "attribute", node: [at], name: "alt", value: "" },
});

/** A session on *text* that was judged, and whose typing waits in a pane until it is sent. */
async function begun(t: test.TestContext, text: string): Promise<Session> {
  t.mock.timers.enable({ apis: ["setTimeout"] }); // nothing is judged but where a test says so
  t.mock.method(globalThis, "fetch", async (path: string, { body }: { body: string }) =>
    Response.json(answer(path.split("/").at(-1) ?? "", JSON.parse(body))),
  );
  const session = new Session({
    text,
    base: "/m",
    csrf: "",
    readers: [],
    draft: 0,
    saved: "",
  } as never as State);
  await session.judge();
  return session;
}

function problem(session: Session, at = 0): Problem {
  const each = session.judged.problems[at];
  assert.ok(each);
  return each;
}

test("a problem is mended where it stands", async (t) => {
  const session = await begun(t, `${BARE}\nwords`);
  assert.equal(await session.mend(problem(session)), true);
  assert.equal(session.text, '<mj-image alt=""/>\nwords');
});

test("a problem found in an older text is mended where it stands now", async (t) => {
  const session = await begun(t, `words\n${BARE}`);
  const old = problem(session);
  await session.edit({ do: "retype", text: `${BARE}\nother words` });
  assert.equal(await session.mend(old), true);
  assert.equal(session.text, '<mj-image alt=""/>\nother words');
});

test("what is still being typed is sent before a problem is mended", async (t) => {
  const session = await begun(t, BARE);
  session.typing.add(() => session.edit({ do: "retype", text: `words\n${BARE}` }));
  assert.equal(await session.mend(problem(session)), true);
  assert.equal(session.text, 'words\n<mj-image alt=""/>');
});

test("of two alike the one nearest to its old line is mended", async (t) => {
  const session = await begun(t, `${BARE}\n1\n2\n3\n${BARE}`);
  const second = problem(session, 1);
  await session.edit({ do: "retype", text: `0\n${BARE}\n1\n2\n3\n${BARE}` });
  assert.equal(await session.mend(second), true);
  assert.equal(session.text, `0\n${BARE}\n1\n2\n3\n<mj-image alt=""/>`);
});

test("a problem that is gone changes nothing and is said to be gone", async (t) => {
  const session = await begun(t, BARE);
  const old = problem(session);
  await session.edit({ do: "retype", text: "words" });
  assert.equal(await session.mend(old), false);
  assert.equal(session.text, "words");
  assert.equal(session.told, "This is not in the text any more.");
});

/** What was asked since the server went away, which is until *isAway* says otherwise. */
function awayWhile(t: test.TestContext, isAway: () => boolean): void {
  t.mock.method(globalThis, "fetch", async (path: string, { body }: { body: string }) => {
    if (isAway()) throw new TypeError("failed to fetch");
    return Response.json(answer(path.split("/").at(-1) ?? "", JSON.parse(body)));
  });
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

test("what is typed while the server is away waits, in its order, and is saved when it answers", async (t) => {
  const session = await begun(t, "words");
  Object.assign(session.state, { mayEdit: true });
  let isAway = true;
  awayWhile(t, () => isAway);
  const first = session.edit({ do: "retype", text: "more words" });
  const second = session.edit({ do: "retype", text: "still more words" });
  await settled();
  assert.match(session.trouble, /^Could not save\. Your text is kept here/);
  assert.equal(session.isSaved, false); // so that the browser asks before the page is left
  t.mock.timers.tick(AGAIN_MS);
  await settled();
  assert.equal(session.text, "words");
  isAway = false;
  t.mock.timers.tick(AGAIN_MS);
  assert.deepEqual([await first, await second], [true, true]);
  assert.equal(session.text, "still more words");
  assert.equal(session.trouble, "");
  isAway = true;
  const saved = session.save();
  await settled();
  isAway = false;
  session.retry(); // pressed, nobody waits for the next look
  assert.equal(await saved, true);
  assert.equal(session.isSaved, true);
});
