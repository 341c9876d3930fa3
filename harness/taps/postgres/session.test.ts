import fc from "fast-check";
import { expect, test } from "vitest";
import type { BoundaryName } from "../../model/boundary.ts";
import type { EventBody } from "../../model/history.ts";
import { relayed, split } from "../testing/relayed.ts";
import { PostgresSession, type SessionOptions } from "./session.ts";
import { bind, complete, message, query, ready, refused, startup } from "./testing/frames.ts";

function rig(asks: SessionOptions["asks"] = null) {
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
    asks,
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

/** One way of an open session; the startup message has gone. */
async function open(side: "frontend" | "backend") {
  const subject = rig();
  await subject.talk([startup({ user: "u" })], []);
  const { toServer, toClient } = subject.session;
  return { ...subject, way: side === "frontend" ? toServer : toClient };
}
const conversation = {
  frontend: Buffer.concat([
    query("BEGIN"),
    message("P", "s\0COMMIT\0\0\0"),
    bind("pay-1", "x".repeat(300)),
    message("E", "\0\0\0\0\0"),
    message("S"),
    message("X"),
  ]),
  backend: Buffer.concat([
    message("D", "x".repeat(300)),
    complete("INSERT 0 1"),
    refused("23505"),
    message("N", "SNOTICE\0\0"),
    complete("COMMIT"),
    ready("I"),
  ]),
};
const SIDES = ["frontend", "backend"] as const;

test.each(SIDES)("%s: every message goes on unchanged, split at every byte", async (side) => {
  const bytes = conversation[side];
  const { way, unknown } = await open(side);
  expect(await relayed(way, split(bytes, Array.from(bytes.keys())))).toEqual(bytes);
  expect(unknown).toEqual([]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 10 }), async (cuts) => {
      expect(await relayed((await open(side)).way, split(bytes, cuts))).toEqual(bytes);
    }),
    { numRuns: 20 },
  );
});

test.each(SIDES)("%s: changed bytes go on as they are, and never throw", async (side) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(conversation[side]);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const out = await relayed((await open(side)).way, [bytes]);
      // A length that grew may leave the end waiting for its rest; nothing else may change.
      expect(bytes.subarray(0, out.length)).toEqual(out);
    }),
    { numRuns: 300 },
  );
});

test.each(SIDES)("%s: a body of any bytes is read as far as it goes, and goes on", async (side) => {
  const types = side === "frontend" ? ["B", "P", "Q"] : ["C", "E", "Z"];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), fc.uint8Array(), async (type, raw) => {
      const bytes = message(type, Buffer.from(raw));
      expect(await relayed((await open(side)).way, [bytes])).toEqual(bytes);
    }),
    { numRuns: 300 },
  );
});

test.each(SIDES)(
  "%s: a type that is none, or a gigabyte to come, holds up no byte",
  async (side) => {
    const way = async () => (await open(side)).way;
    const none = message("!", "what is this");
    expect(await relayed(await way(), [none])).toEqual(none);
    for (const type of side === "frontend" ? "QBd" : "ZED") {
      const huge = message(type, "the first of very many bytes");
      huge.writeInt32BE(1024 * 1024 * 1024, 1);
      expect(await relayed(await way(), [huge])).toEqual(huge);
    }
  },
);

const SEEN = "INSERT INTO seen (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const asksForSeen = { table: "seen", version: () => "next" as const };

test.each([
  ["by parameters", asksForSeen, [message("P", `\0${SEEN}\0\0\0`), bind("posting", "e-1")], 1],
  ["in its text", asksForSeen, [query("INSERT INTO seen (event_id) VALUES ('e-1')")], 1],
  ["of another table", { ...asksForSeen, table: "other" }, [query(SEEN)], 0],
  ["where nothing is compared", null, [query(SEEN)], 0],
])(
  "a row asked for %s is recorded, whatever the server makes of it",
  async (_, asks, frames, n) => {
    const { talk, events } = rig(asks);
    await talk([startup({ user: "u" })], [ready("I")]);
    await talk(frames, [complete("INSERT 0 0"), ready("I")]);
    const asked = events.filter((event) => event.stream === "asked-row");
    expect(asked.length).toBe(n);
    for (const { row, version } of asked) {
      expect(row).toMatchObject({ event_id: "e-1" });
      expect(version).toBe("next");
    }
  },
);
