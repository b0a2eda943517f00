// What is wrong, how large the mail is, and what was just said.

import type { Problem } from "../core/asks.ts";
import type { Session } from "../core/session.ts";
import { say } from "../core/words.ts";
import { Icon } from "./icons.tsx";

const SIZE_MAX = 102 * 1024;

export function Foot({ session, goTo }: { session: Session; goTo(problem: Problem): void }) {
  const { problems, size, lacking = [] } = session.judged;
  const { elsewhere } = session;
  const own = problems.filter((each) => each.severity === "error").length;
  const errors = own + elsewhere.length;
  const warnings = problems.length - own + lacking.length;
  const first = problems[0]?.message ?? elsewhere[0]?.message ?? lacking[0]?.words;
  return (
    <section class="status-bar" aria-label={say("Promises and size")}>
      <details class="found">
        <summary>
          <Icon name={errors || warnings ? "alert" : "ok"} />
          <b>{errors === 1 ? say("{n} error", { n: errors }) : say("{n} errors", { n: errors })}</b>
          <span>
            {warnings === 1 ? say("{n} warning", { n: warnings }) : say("{n} warnings", { n: warnings })}
          </span>
          {first && <span class="second first-problem">{first}</span>}
        </summary>
        <ul>
          {problems.map((each) => (
            <li key={`${each.line} ${each.column} ${each.message}`} class={each.severity}>
              <Icon name="alert" />
              <button type="button" class="pick" onClick={() => goTo(each)}>
                {say("line {line}: {message}; {remedy}", {
                  line: each.line,
                  message: each.message,
                  remedy: each.remedy,
                })}
              </button>
              {each.fix && session.state.mayEdit && (
                <button type="button" class="button small" onClick={() => session.mend(each)}>
                  {say("Fix")}
                </button>
              )}
            </li>
          ))}
          {elsewhere.map((each) => (
            <li key={`${each.file} ${each.message}`} class="error">
              <Icon name="alert" />
              <a href={each.href} target="_blank" rel="noreferrer">
                {say("{file}, line {line}: {message}; {remedy}", { ...each })}
              </a>
            </li>
          ))}
          {lacking.map((each) => (
            <li key={each.words} class="warning">
              <Icon name="alert" />
              <a href={each.href} target="_blank" rel="noreferrer">
                {each.words}
              </a>
            </li>
          ))}
          {!problems.length && !elsewhere.length && (
            <li>{say("Every promise that this file makes is kept.")}</li>
          )}
        </ul>
      </details>
      {size !== undefined && (
        <span class={`size num ${size > SIZE_MAX ? "is-over" : ""}`}>
          <meter
            min={0}
            max={SIZE_MAX}
            value={size}
            high={SIZE_MAX * 0.8}
            aria-label={say("Size of the mail")}
          />
          {say("{size} KB of 102 KB", { size: Math.ceil(size / 1024) })}
        </span>
      )}
    </section>
  );
}
