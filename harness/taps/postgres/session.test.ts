import { expect, test } from "vitest";
import type { BoundaryName } from "../../model/boundary.ts";
import type { EventBody } from "../../model/history.ts";
import { relayed } from "../testing/relayed.ts";
import { PostgresSession } from "./session.ts";
import { bind, complete, query, ready, refused, startup } from "./testing/frames.ts";

function rig() {
  const events: EventBody[] = [];
  const met: BoundaryName[] = [];
  const unknown: string[] = [];
  const session = new PostgresSession({
    instance: "consumer-1",
    recorder: { record: (event) => events.push(event) },
    gate: {
      meet: ({ boundary }) => {
        met.push(boundary);
        return null;
      },
    },
    attribution: {
      identify: (text) => (text === "pay-1" ? { key: "pay-1", eventId: "evt-1" } : null),
    },
    stamp: () => "consumer-1",
    onUnknown: (name) => unknown.push(name),
  });
  const talk = async (asked: readonly Buffer[], answers: readonly Buffer[]): Promise<void> => {
    await relayed(session.toServer, asked);
    await relayed(session.toClient, answers);
  };
  const said = () =>
    events.flatMap((event) =>
      event.stream === "wire" ? [`${event.boundary} ${event.action} ${event.tag}`] : [],
    );
  return { session, events, met, unknown, talk, said };
}

/** A transaction with one statement that names pay-1, up to its COMMIT. */
async function transaction() {
  const subject = rig();
  await subject.talk([startup({ user: "u" })], [ready("I")]);
  await subject.talk([query("BEGIN")], [complete("BEGIN"), ready("T")]);
  await subject.talk([bind("pay-1")], [complete("INSERT 0 1"), ready("T")]);
  subject.met.length = 0;
  return subject;
}

test("a COMMIT that the server did is met at each of its moments", async () => {
  const { talk, met, said } = await transaction();
  await talk([query("COMMIT")], [complete("COMMIT"), ready("I")]);
  expect(met).toEqual([
    "postgres.commit.requested",
    "postgres.commit.applied",
    "postgres.commit.acknowledged",
  ]);
  expect(said()).toEqual([
    "postgres.commit.requested passed null",
    "postgres.commit.applied passed COMMIT",
    "postgres.commit.acknowledged passed COMMIT",
  ]);
});

test.each([
  ["ROLLBACK", [complete("ROLLBACK"), ready("I")]],
  ["ERROR 23505", [refused("23505"), ready("I")]],
])("a COMMIT answered with %s is recorded as refused and met by nobody", async (tag, answers) => {
  const { talk, met, said } = await transaction();
  await talk([query("COMMIT")], answers);
  expect(met).toEqual(["postgres.commit.requested"]);
  expect(said()).toEqual([
    "postgres.commit.requested passed null",
    `postgres.commit.applied refused ${tag}`,
  ]);
});

test("a statement that the server refused is recorded as such and met by nobody", async () => {
  const { talk, met, said } = await transaction();
  await talk([bind("pay-1")], [refused("55P03"), ready("E")]);
  expect(met).toEqual(["postgres.statement.requested"]);
  expect(said()).toEqual(["postgres.statement.applied refused ERROR 55P03"]);
  await talk([query("ROLLBACK")], [complete("ROLLBACK"), ready("I")]);
  expect(met.slice(1)).toEqual([
    "postgres.statement.requested",
    "postgres.statement.applied",
    "postgres.statement.acknowledged",
  ]);
});
