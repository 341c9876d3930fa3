import { expect, test } from "vitest";
import type { EventBody } from "../model/history.ts";
import { everyInputAccounted } from "./every-input-accounted.ts";
import { evidenceOf } from "./intake.ts";
import { stamped, validBodies } from "./testing/history.ts";

/** The valid history, whose last event is poisoned and leaves this dead letter. */
function broken(letter: { readonly reason: string | null } | null, isDeclared = true) {
  const bodies = validBodies().map((body): EventBody => {
    if (body.stream === "intent" && body.eventId === "evt-2") return { ...body, isPoison: true };
    if (body.stream !== "header" || !isDeclared || !body.deadLetters) return body;
    return { ...body, deadLetters: { ...body.deadLetters, reason: "reason" } };
  });
  const place = { topic: "payments.requested", partition: 0, kafka_offset: 2 };
  const row: EventBody[] =
    letter === null
      ? []
      : [
          {
            stream: "effect",
            table: "dead_letters",
            op: "insert",
            xid: "9",
            commitOrder: 9,
            instance: "consumer-1",
            before: null,
            after: { ...place, ...letter },
          },
        ];
  const evidence = evidenceOf(stamped([...bodies, ...row]));
  if (evidence === null) throw new Error("no header");
  const outcome = everyInputAccounted.check(evidence);
  return outcome.kind === "checked" ? outcome.breaches.map(({ message }) => message) : outcome;
}

test.each([
  ["no row", null, /no row in dead_letters that says so/],
  ["a row without a reason", { reason: null }, /its row in dead_letters does not say why/],
  ["a row with an empty reason", { reason: " " }, /its row in dead_letters does not say why/],
])("%s is a finding", (_, letter, message) => {
  expect(broken(letter)).toEqual([expect.stringMatching(message)]);
});

test("a row with its reason is an account; without a declared column the place is enough", () => {
  expect(broken({ reason: "not JSON" })).toEqual([]);
  expect(broken({ reason: null }, false)).toEqual([]);
});
