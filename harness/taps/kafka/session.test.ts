import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventBody } from "../../model/history.ts";
import type { Gate } from "../../ports/tap.ts";
import { WHOLE_BYTES_MAX } from "../length-framer.ts";
import type { Direction } from "../relay.ts";
import { relayed, split } from "../testing/relayed.ts";
import { CommittedOffsets } from "./committed-offsets.ts";
import { DeliveryCounter } from "./delivery-counter.ts";
import { KafkaSession } from "./session.ts";
import { KafkaTapState } from "./tap-state.ts";
import { samples, type Sample } from "./testing/samples.ts";

const sample = (kind: Sample["kind"], api: number, version: number): Buffer => {
  const found = samples.find((s) => s.kind === kind && s.api === api && s.version === version);
  return Buffer.from(found?.hex ?? "", "hex");
};

function rig(
  gate: Gate = { meet: () => null },
  committed = new CommittedOffsets(),
  state = new KafkaTapState(),
) {
  const events: EventBody[] = [];
  const placed = new Map<string, string>();
  const session = new KafkaSession({
    instance: "consumer-1",
    recorder: { record: (event) => events.push(event) },
    gate,
    counter: new DeliveryCounter(),
    committed,
    attribution: {
      identify: (text) =>
        text === "pay-1" || text === "evt-1" ? { key: "pay-1", eventId: "evt-1" } : null,
    },
    isConsumed: () => true,
    keyAt: (topic, partition, offset) => {
      const key = placed.get(`${topic}/${partition}/${offset}`);
      return key === undefined ? null : { key, eventId: "evt-1" };
    },
    onDelivered: ({ topic, partition, offset }, key) =>
      placed.set(`${topic}/${partition}/${offset}`, key),
    state,
  });
  const place = (offset: number): unknown => placed.set(`topic/2/${offset}`, "pay-1");
  return { session, events, state, place };
}

const framesOf = (kind: Sample["kind"]): Buffer =>
  Buffer.concat(samples.filter((s) => s.kind === kind).map((s) => Buffer.from(s.hex, "hex")));

/** A session whose two ways are tried alike; to the client, something is awaited first. */
async function wayOf(kind: Sample["kind"]): Promise<ReturnType<typeof rig> & { way: Direction }> {
  const subject = rig();
  if (kind === "response") await relayed(subject.session.toServer, [sample("request", 1, 12)]);
  const { toServer, toClient } = subject.session;
  return { ...subject, way: kind === "request" ? toServer : toClient };
}

test.each(["request", "response"] as const)(
  "every %s goes on unchanged, however the bytes are split",
  async (kind) => {
    const bytes = framesOf(kind);
    const pieces = split(bytes, Array.from(bytes.keys()));
    expect(await relayed((await wayOf(kind)).way, pieces)).toEqual(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
        expect(await relayed((await wayOf(kind)).way, split(bytes, cuts))).toEqual(bytes);
      }),
      { numRuns: 20 },
    );
  },
);

const garbage = fc.uint8Array({ minLength: 12, maxLength: 300 });

test.each(["request", "response"] as const)(
  "%s: a length that cannot be is passed through and counted, never a stall",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(garbage, async (raw) => {
        const bytes = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from(raw)]);
        const { way, state } = await wayOf(kind);
        expect(await relayed(way, [bytes])).toEqual(bytes);
        expect(state.unknownFrames()).toEqual({ "kafka: unreadable bytes": 1 });
      }),
    );
  },
);

test.each(["request", "response"] as const)(
  "%s: a possible length before garbage, or before nothing more, holds up no byte",
  async (kind) => {
    const length = fc.integer({ min: WHOLE_BYTES_MAX, max: 100 * 1024 * 1024 });
    await fc.assert(
      fc.asyncProperty(length, garbage, fc.boolean(), async (size, raw, isAwaited) => {
        const head = Buffer.alloc(8);
        head.writeInt32BE(size, 0);
        head.writeInt32BE(isAwaited ? 7 : 99, 4);
        const bytes = Buffer.concat([head, Buffer.from(raw)]);
        expect(await relayed((await wayOf(kind)).way, [bytes])).toEqual(bytes);
      }),
    );
  },
);

test("a head that is no request ends the framing, whatever its length", async () => {
  const bytes = Buffer.alloc(20, 0x41);
  bytes.writeInt32BE(1_000_000, 0);
  const { session, state } = rig();
  expect(await relayed(session.toServer, [bytes])).toEqual(bytes);
  expect(state.unknownFrames()).toEqual({ "kafka: unreadable bytes": 1 });
});

/** A request of an api with an empty body. */
function requestOf(api: number, correlationId = 0): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(10, 0);
  bytes.writeInt16BE(api, 4);
  bytes.writeInt32BE(correlationId, 8);
  bytes.writeInt16BE(-1, 12);
  return bytes;
}

test("what is not read is counted, apart from what is relayed by design", async () => {
  const { session, state } = rig();
  await relayed(session.toServer, [requestOf(78), requestOf(18), requestOf(10), requestOf(10)]);
  expect(state.unknownFrames()).toEqual({ "kafka: api 78 version 0": 1 });
  expect(state.relayedFrames()).toEqual({ "kafka: ApiVersions": 1, "kafka: FindCoordinator": 2 });
});

test("a request forgotten before its response is counted, the oldest first", async () => {
  const { session, state } = rig();
  const many = Array.from({ length: 10_002 }, (_, index) => requestOf(3, index)); // Metadata
  await relayed(session.toServer, many);
  expect(state.unknownFrames()).toEqual({ "kafka: request forgotten before its response": 2 });
});

test.each([4, 11, 12])(
  "Fetch v%i: records below the asked offset are no delivery",
  async (version) => {
    const { session, events } = rig();
    await relayed(session.toServer, [sample("request", 1, version)]);
    await relayed(session.toClient, [sample("response", 1, version)]);
    expect(events).toEqual([
      expect.objectContaining({
        stream: "delivery",
        position: { topic: "topic", partition: 2, offset: 41 },
        attempt: 1,
      }),
    ]);
  },
);

test.each([13, 18])("Fetch v%i names topics by id: Metadata tells which", async (version) => {
  const { session, events } = rig();
  await relayed(session.toServer, [sample("request", 3, 12)]);
  await relayed(session.toClient, [sample("response", 3, 12)]);
  await relayed(session.toServer, [sample("request", 1, version)]);
  await relayed(session.toClient, [sample("response", 1, version)]);
  expect(events).toMatchObject([{ stream: "delivery", position: { topic: "topic" } }]);
});

test.each([2, 8])(
  "OffsetCommit v%i: requested, applied with the broker's code, acknowledged",
  async (version) => {
    const { session, events } = rig();
    await relayed(session.toServer, [sample("request", 8, version)]);
    await relayed(session.toClient, [sample("response", 8, version)]);
    expect(events).toMatchObject(
      [null, 25, 25].map((errorCode, index) => ({
        stream: "offset",
        moment: ["requested", "applied", "acknowledged"][index],
        committed: 42,
        errorCode,
      })),
    );
  },
);

/** A sample of a response with the code of its one partition changed. */
function answered(api: number, version: number, code: number): Buffer {
  const bytes = Buffer.from(sample("response", api, version));
  const partition = Buffer.from([0, 0, 0, 2, 0, api === 0 ? 6 : 25]);
  bytes.writeInt16BE(code, bytes.indexOf(partition) + 4);
  return bytes;
}

/** A gate that nobody waits at, and the boundaries it was asked about. */
function watcher(): { readonly gate: Gate; readonly met: string[] } {
  const met: string[] = [];
  const gate: Gate = {
    meet: ({ boundary }) => {
      met.push(boundary);
      return null;
    },
  };
  return { gate, met };
}

test.each([
  ["offset-commit", 8, 2],
  ["offset-commit", 8, 8],
  ["produce", 0, 3],
  ["produce", 0, 11],
] as const)(
  "%s (api %i v%i): applied and told when the broker did it",
  async (name, api, version) => {
    const { gate, met } = watcher();
    const { session } = rig(gate);
    await relayed(session.toServer, [sample("request", api, version)]);
    await relayed(session.toClient, [answered(api, version, 0)]);
    expect(met).toEqual(
      ["requested", "applied", "acknowledged"].map((moment) => `kafka.${name}.${moment}`),
    );
  },
);

test.each([
  ["offset-commit", 8, 2, 25],
  ["offset-commit", 8, 8, 22],
  ["produce", 0, 3, 6],
  ["produce", 0, 11, 47],
] as const)(
  "%s (api %i v%i) that the broker refused with %i is met by nobody, and recorded",
  async (name, api, version, code) => {
    const { gate, met } = watcher();
    const { session, events, place } = rig(gate);
    place(40);
    await relayed(session.toServer, [sample("request", api, version)]);
    await relayed(session.toClient, [answered(api, version, code)]);
    expect(met).toEqual([`kafka.${name}.requested`]);
    expect(events.filter(({ stream }) => stream === "wire")).toMatchObject([
      { action: "passed" },
      {
        boundary: `kafka.${name}.applied`,
        action: "refused",
        keys: ["pay-1"],
        tag: String(code),
      },
    ]);
  },
);

test("a commit is attributed to every record it newly covers", async () => {
  const { session, events } = rig();
  const fetchAll = Buffer.from(sample("request", 1, 11));
  // The asked offset, 41, is lowered to 0 so that both records of the response are deliveries.
  fetchAll.writeInt8(0, fetchAll.indexOf(Buffer.from("0000000000000029", "hex")) + 7);
  await relayed(session.toServer, [fetchAll]);
  await relayed(session.toClient, [sample("response", 1, 11)]);
  await relayed(session.toServer, [sample("request", 8, 8)]);
  const wires = events.filter((event) => event.stream === "wire");
  expect(wires).toMatchObject([{ boundary: "kafka.offset-commit.requested", keys: ["pay-1"] }]);
});

test("a commit of the next owner covers only what its group has not committed before", async () => {
  const committed = new CommittedOffsets();
  const commits = async (before: number | null): Promise<readonly string[]> => {
    const { session, events, place } = rig(undefined, committed);
    for (const offset of [40, 41]) place(offset);
    if (before !== null) committed.note("group", { topic: "topic", partition: 2, offset: before });
    await relayed(session.toServer, [sample("request", 8, 8)]);
    await relayed(session.toClient, [answered(8, 8, 0)]);
    return events.flatMap((event) => (event.stream === "wire" ? event.keys : []));
  };
  committed.note("another group", { topic: "topic", partition: 2, offset: 42 });
  const times = 3; // requested, applied, acknowledged
  expect(await commits(41)).toHaveLength(times);
  expect(await commits(null)).toHaveLength(0);
});

test("Produce and its transaction: offsets count as committed when EndTxn is applied", async () => {
  const { session, events } = rig();
  await relayed(session.toServer, [
    sample("request", 0, 11),
    sample("request", 28, 3),
    sample("request", 26, 4),
  ]);
  await relayed(session.toClient, [sample("response", 26, 4)]);
  expect(events.map((event) => (event.stream === "wire" ? event.boundary : event.stream))).toEqual([
    "kafka.produce.requested",
    "offset",
    "kafka.txn-end.requested",
    "offset",
    "kafka.txn-end.applied",
  ]);
  // Error 47 (INVALID_PRODUCER_EPOCH): the transaction was fenced, nothing is committed.
  expect(events.slice(-2)).toMatchObject([
    { moment: "applied", errorCode: 47 },
    { action: "refused", tag: "47" },
  ]);
});

/** EndTxn answered with this code; the sample says 47. */
function endTxnAnswered(code: number): Buffer {
  const bytes = Buffer.from(sample("response", 26, 4));
  bytes.writeInt16BE(code, bytes.indexOf(Buffer.from([0, 47])));
  return bytes;
}
const commitsIn = (events: readonly EventBody[]) =>
  events.filter((event) => event.stream === "offset");

test("a producer that starts again has nothing of the transaction a crash left open", async () => {
  const { state } = rig();
  const first = rig(undefined, undefined, state);
  await relayed(first.session.toServer, [sample("request", 28, 3)]); // and the process dies
  const second = rig(undefined, undefined, state);
  await relayed(second.session.toServer, [sample("request", 22, 5)]);
  await relayed(second.session.toClient, [sample("response", 22, 5)]);
  await relayed(second.session.toServer, [sample("request", 26, 4)]);
  await relayed(second.session.toClient, [endTxnAnswered(0)]);
  expect(commitsIn(second.events)).toEqual([]);
});

test.each([
  [47, "fenced", 2],
  [90, "fenced", 2],
  [15, "may be asked again", 4],
])("EndTxn answered with %i: the producer %s", async (code, _, expected) => {
  const { session, events } = rig();
  await relayed(session.toServer, [sample("request", 28, 3), sample("request", 26, 4)]);
  await relayed(session.toClient, [endTxnAnswered(code)]);
  await relayed(session.toServer, [sample("request", 26, 4)]);
  await relayed(session.toClient, [endTxnAnswered(0)]);
  expect(commitsIn(events)).toHaveLength(expected); // requested and applied, once or twice
});

test("offsets that the group's coordinator refused are no part of the transaction", async () => {
  const { session, events } = rig();
  await relayed(session.toServer, [sample("request", 28, 3)]);
  await relayed(session.toClient, [sample("response", 28, 3)]); // 22, ILLEGAL_GENERATION
  await relayed(session.toServer, [sample("request", 26, 4)]);
  await relayed(session.toClient, [endTxnAnswered(0)]);
  expect(commitsIn(events)).toEqual([]);
});

test("group membership of both protocols: joined, assigned, left", async () => {
  const { session, events, state } = rig();
  await relayed(session.toServer, [sample("request", 14, 5)]);
  await relayed(session.toClient, [sample("response", 14, 5)]);
  await relayed(session.toServer, [sample("request", 3, 12)]);
  await relayed(session.toClient, [sample("response", 3, 12)]);
  await relayed(session.toServer, [sample("request", 68, 1)]);
  await relayed(session.toClient, [sample("response", 68, 1)]);
  await relayed(session.toServer, [sample("request", 13, 5)]);
  expect(state.members().map(({ memberId }) => memberId)).toEqual(["member"]);
  const partitions = [{ topic: "topic", partition: 2 }];
  expect(events).toMatchObject([
    { kind: "assigned", memberId: "member", partitions },
    { kind: "joined", memberId: "member" },
    { kind: "assigned", memberId: "member", partitions },
    { kind: "left", memberId: "member" },
  ]);
});

test("a frame that is dropped at its boundary goes no further", async () => {
  const { session, events } = rig({ meet: () => Promise.resolve("drop") });
  expect(await relayed(session.toServer, [sample("request", 0, 9)])).toHaveLength(0);
  expect(events).toMatchObject([{ action: "held" }, { action: "dropped" }]);
});
