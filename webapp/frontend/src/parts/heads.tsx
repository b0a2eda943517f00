// Subject and preheader, of the mail itself or of the variant that is looked at, with how long an inbox shows them.

import type { Session } from "../core/session.ts";
import { lengthOf } from "../core/source.ts";
import { say } from "../core/words.ts";
import { Field } from "./field.tsx";

const LENGTHS = { subject: 60, preheader: 90 };

export function Heads({ session }: { session: Session }) {
  const variant = session.reader.variant;
  const own = variant ? session.head?.variants?.[variant] : undefined;
  return (
    <div class="heads" data-region="heads">
      {(["subject", "preheader"] as const).map((key) => {
        const source = own?.[key] ?? session.head?.[key] ?? "";
        const length = lengthOf(source);
        const most = LENGTHS[key];
        return (
          <div class="head-of" key={`${variant} ${key}`}>
            <Field
              session={session}
              source={source}
              label={key === "subject" ? say("Subject") : say("Preheader")}
              isHtml={false}
              changed={(value) => {
                const path = variant ? ["variants", variant, key] : [key];
                return session.edit({ do: "head", path, value: value || null }, path.join(" "));
              }}
            />
            <span class={`counter num ${length > most ? "is-over" : ""}`}>
              {length}/{most}{" "}
              <span class="vh">
                {length > most ? say("characters, longer than most inboxes show") : say("characters")}
              </span>
            </span>
          </div>
        );
      })}
    </div>
  );
}
