import fc from "fast-check";
import { expect, test } from "vitest";
import { ShortRead, type ByteReader } from "./byte-reader.ts";
import {
  readGroupHeartbeat,
  readGroupHeartbeatResponse,
  readJoinResponse,
  readLeaving,
  readMember,
  readSyncResponse,
} from "./group-messages.ts";
import {
  API,
  readAddOffsetsToTxn,
  readEndTxn,
  readErrorAfterThrottle,
  readInitProducerId,
  readFetchRequest,
  readFetchResponse,
  readOffsetCommit,
  readOffsetCommitResponse,
  readProduceRequest,
  readProduceResponse,
  readRequestHead,
  readResponseBody,
  readTopicIds,
  readTxnOffsetCommit,
  readTxnOffsetCommitResponse,
  VERSIONS,
} from "./messages.ts";
import { CUT_OFF, decodeRecords } from "./record-batch.ts";
import { batches, samples, type Sample } from "./testing/samples.ts";

const TOPIC_ID = "112233445566778899aabbccddeeff00";
const topicOf = (id: string): string => (id === TOPIC_ID ? "topic" : id);
const place = { topic: "topic", partition: 2 };
const records = [
  { offset: 40, key: "pay-1", headers: ["evt-1"] },
  { offset: 41, key: null, headers: [] },
];

/** Reads a sample as the tap would. */
function read({ kind, api, version, hex }: Sample): unknown {
  const frame = Buffer.from(hex, "hex");
  if (kind === "request") {
    const { head, body } = readRequestHead(frame);
    expect(head).toEqual({ apiKey: api, version, correlationId: 7 });
    return readRequest(api, version, body);
  }
  return readResponse(
    api,
    version,
    readResponseBody(frame, { apiKey: api, version, correlationId: 7 }),
  );
}

function readRequest(api: number, version: number, body: ByteReader): unknown {
  switch (api) {
    case API.produce:
      return readProduceRequest(body, version, topicOf);
    case API.fetch:
      return readFetchRequest(body, version, topicOf);
    case API.offsetCommit:
      return readOffsetCommit(body, version, topicOf);
    case API.txnOffsetCommit:
      return readTxnOffsetCommit(body, version);
    case API.endTxn:
      return readEndTxn(body);
    case API.initProducerId:
      return readInitProducerId(body, version);
    case API.addOffsetsToTxn:
      return readAddOffsetsToTxn(body);
    case API.syncGroup:
    case API.heartbeat:
      return readMember(body).memberId;
    case API.leaveGroup:
      return readLeaving(body, version);
    case API.consumerGroupHeartbeat:
      return readGroupHeartbeat(body);
    default:
      return null;
  }
}

function readResponse(api: number, version: number, body: ByteReader): unknown {
  switch (api) {
    case API.produce:
      return Object.fromEntries(readProduceResponse(body, version, topicOf));
    case API.fetch:
      return readFetchResponse(body, version, { topicOf, wants: () => true });
    case API.metadata:
      return Object.fromEntries(readTopicIds(body, version));
    case API.offsetCommit:
      return Object.fromEntries(readOffsetCommitResponse(body, version, topicOf));
    case API.txnOffsetCommit:
      return Object.fromEntries(readTxnOffsetCommitResponse(body));
    case API.endTxn:
    case API.initProducerId:
      return readErrorAfterThrottle(body);
    case API.joinGroup:
      return readJoinResponse(body, version);
    case API.syncGroup:
      return readSyncResponse(body, version);
    case API.consumerGroupHeartbeat:
      return readGroupHeartbeatResponse(body, topicOf);
    default:
      return null;
  }
}

/** What each message says, whatever its version. */
function expected({ kind, api, version }: Sample): unknown {
  const commit = { group: "group", partitions: [{ ...place, offset: 42 }] };
  const known: Readonly<Record<string, unknown>> = {
    [`request ${API.produce}`]: {
      transactionalId: "txn",
      acks: -1,
      partitions: [{ ...place, records, unread: [] }],
    },
    [`response ${API.produce}`]: { "topic/2": 6 },
    [`request ${API.fetch}`]: [{ ...place, offset: 41 }],
    [`response ${API.fetch}`]: [{ ...place, records, unread: [] }],
    [`response ${API.metadata}`]: version >= 10 ? { [TOPIC_ID]: "topic" } : {},
    [`request ${API.offsetCommit}`]: { ...commit, memberId: "member" },
    [`response ${API.offsetCommit}`]: { "topic/2": 25 },
    [`request ${API.txnOffsetCommit}`]: {
      ...commit,
      transactionalId: "txn",
      memberId: version >= 3 ? "member" : "",
    },
    [`response ${API.txnOffsetCommit}`]: { "topic/2": 22 },
    [`request ${API.initProducerId}`]: { transactionalId: "txn", keepsTransaction: version >= 6 },
    [`response ${API.initProducerId}`]: 0,
    [`request ${API.addOffsetsToTxn}`]: { transactionalId: "txn", group: "group" },
    [`request ${API.endTxn}`]: { transactionalId: "txn", isCommit: true },
    [`response ${API.endTxn}`]: 47,
    [`response ${API.joinGroup}`]: { errorCode: 0, memberId: "member" },
    [`request ${API.syncGroup}`]: "member",
    [`response ${API.syncGroup}`]: [place],
    [`request ${API.heartbeat}`]: "member",
    [`request ${API.leaveGroup}`]: ["member"],
    [`request ${API.consumerGroupHeartbeat}`]: { group: "group", memberId: "member", epoch: 3 },
    [`response ${API.consumerGroupHeartbeat}`]: {
      errorCode: 0,
      memberId: "member",
      epoch: 4,
      assigned: [place],
    },
  };
  return known[`${kind} ${api}`] ?? null;
}

test.each(
  samples.map(
    (sample) => [`${sample.kind} of api ${sample.api} version ${sample.version}`, sample] as const,
  ),
)("%s is read as Kafka wrote it", (_, sample) => {
  expect(read(sample)).toEqual(expected(sample));
});

test("the samples cover every version that is read, up to Kafka 4.3.1's latest", () => {
  for (const api of [API.produce, API.fetch, API.offsetCommit, API.consumerGroupHeartbeat]) {
    const seen = samples.filter((sample) => sample.api === api).map(({ version }) => version);
    expect(Math.max(...seen)).toBe(VERSIONS[api]?.max);
  }
});

test("a frame cut off anywhere ends in ShortRead or in less, never in another error", () => {
  for (const sample of samples) {
    for (let end = 12; end < sample.hex.length; end += 2) {
      try {
        read({ ...sample, hex: sample.hex.slice(0, end) });
      } catch (error) {
        expect(error).toBeInstanceOf(ShortRead);
      }
    }
  }
});

test("a flipped byte ends in ShortRead or in a value, never in a hang or another error", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (sample, at, flip) => {
        const bytes = Buffer.from(sample.hex, "hex");
        // Size, api key, version and correlation id are what the tap goes by: those stay.
        const index = 12 + (at % (bytes.length - 12));
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        try {
          read({ ...sample, hex: bytes.toString("hex") });
        } catch (error) {
          expect(error).toBeInstanceOf(ShortRead);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("garbage is no record batch", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
      try {
        decodeRecords(Buffer.from(raw));
      } catch (error) {
        expect(error).toBeInstanceOf(ShortRead);
      }
    }),
  );
});

const packed = (packing: string): Buffer => Buffer.from(batches.get(packing) ?? "");
const many = Array.from({ length: 400 }, (_, index) => ({
  offset: 40 + index,
  key: `pay-${index}`,
  headers: [`evt-${index}`],
}));

test.each([...batches.keys()])("a batch packed by %s is read as Kafka packed it", (packing) => {
  const expectedRecords = packing.startsWith("large") ? many : records;
  expect(decodeRecords(packed(packing))).toEqual({ records: expectedRecords, unread: [] });
});

test("a cut-off last batch is left out and named, wherever it is cut", () => {
  const whole = packed("none");
  for (let end = 1; end < whole.length; end += 1) {
    const cut = Buffer.concat([whole, whole.subarray(0, end)]);
    expect(decodeRecords(cut)).toEqual({ records, unread: [CUT_OFF] });
  }
});

test("a batch of an older format is named, and what comes after it is read", () => {
  const old = packed("none");
  old.writeInt8(1, 16);
  expect(decodeRecords(Buffer.concat([old, packed("none")]))).toEqual({
    records,
    unread: ["record batch of magic 1"],
  });
});

test("a batch that cannot be unpacked gives offsets without keys, none that may be compacted away", () => {
  const unknown = packed("gzip");
  unknown.writeInt16BE(7, 21);
  const keyless = [40, 41].map((offset) => ({ offset, key: null, headers: [] }));
  const unread = ["compressed batch (codec 7)"];
  expect(decodeRecords(unknown)).toEqual({ records: keyless, unread });
  unknown.writeInt32BE(9, 23); // last offset delta: eight records are gone
  expect(decodeRecords(unknown)).toEqual({ records: [], unread });
});

test("of a compacted batch only the records that are left are read", () => {
  const compacted = packed("none");
  compacted.writeInt32BE(9, 23);
  expect(decodeRecords(compacted).records).toEqual(records);
});
