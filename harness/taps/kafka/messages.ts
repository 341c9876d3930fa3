/**
 * The requests and responses the tap reads, in every version Kafka 4.3.1 speaks (field order from
 * its own message schemas, `org.apache.kafka.common.message`). Pure; ShortRead on bad bytes. A topic
 * is named, or from some version on identified by a UUID, which `topicOf` turns into its name.
 */
import { ByteReader } from "./byte-reader.ts";
import { decodeRecords, type Decoded } from "./record-batch.ts";

export const API = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  offsetCommit: 8,
  joinGroup: 11,
  heartbeat: 12,
  leaveGroup: 13,
  syncGroup: 14,
  initProducerId: 22,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
  consumerGroupHeartbeat: 68,
} as const;

interface Versions {
  /** Highest version that is read; later ones are relayed and counted. */
  readonly max: number;
  /** First version with compact encodings and tagged fields (KIP-482). */
  readonly flexible: number;
}

export const VERSIONS: Readonly<Record<number, Versions>> = {
  [API.produce]: { max: 13, flexible: 9 },
  [API.fetch]: { max: 18, flexible: 12 },
  [API.metadata]: { max: 13, flexible: 9 },
  [API.offsetCommit]: { max: 10, flexible: 8 },
  [API.joinGroup]: { max: 9, flexible: 6 },
  [API.heartbeat]: { max: 4, flexible: 4 },
  [API.leaveGroup]: { max: 5, flexible: 4 },
  [API.syncGroup]: { max: 5, flexible: 4 },
  [API.initProducerId]: { max: 6, flexible: 2 },
  [API.addOffsetsToTxn]: { max: 4, flexible: 3 },
  [API.endTxn]: { max: 5, flexible: 3 },
  [API.txnOffsetCommit]: { max: 5, flexible: 3 },
  [API.consumerGroupHeartbeat]: { max: 1, flexible: 0 },
};

/** Name of a topic id, as learned from Metadata; the id itself while it is unknown. */
export type TopicOf = (id: string) => string;

export interface RequestHead {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
}

/** Reads the head of a request frame (size included) and leaves the reader at its body. */
export function readRequestHead(frame: Buffer): { head: RequestHead; body: ByteReader } {
  const body = new ByteReader(frame, 4);
  const head = { apiKey: body.int16(), version: body.int16(), correlationId: body.int32() };
  body.nullableString(); // client id: never compact, not even in header version 2
  body.isFlexible = isFlexible(head);
  body.tags();
  return { head, body };
}

/** The body of a response frame to this request. */
export function readResponseBody(frame: Buffer, head: RequestHead): ByteReader {
  const body = new ByteReader(frame, 4 + 4);
  body.isFlexible = isFlexible(head);
  body.tags();
  return body;
}

function isFlexible({ apiKey, version }: RequestHead): boolean {
  return version >= (VERSIONS[apiKey]?.flexible ?? Infinity);
}

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** "topic/partition": how answers are matched to what was asked. */
export function placeOf(at: { readonly topic: string; readonly partition: number }): string {
  return `${at.topic}/${at.partition}`;
}

/** Partitions of a Fetch request with the offset each is read from. */
export function readFetchRequest(
  body: ByteReader,
  version: number,
  topicOf: TopicOf,
): readonly PartitionOffset[] {
  if (version <= 14) body.skip(4); // replica id
  body.skip(4 + 4 + 4 + 1); // max wait, min bytes, max bytes, isolation level
  if (version >= 7) body.skip(4 + 4); // session id, session epoch
  return topics(body, { byId: version >= 13, topicOf }, (topic) => {
    const partition = body.int32();
    if (version >= 9) body.skip(4); // current leader epoch
    const offset = body.int64();
    if (version >= 12) body.skip(4); // last fetched epoch
    if (version >= 5) body.skip(8); // log start offset
    body.skip(4); // partition max bytes
    return { topic, partition, offset };
  });
}

export interface RecordsOfPartition extends Decoded {
  readonly topic: string;
  readonly partition: number;
}

const NO_RECORDS: Decoded = { records: [], unread: [] };

/** Records of a Fetch response. `wants` tells which topics to decode. */
export function readFetchResponse(
  body: ByteReader,
  version: number,
  means: { readonly topicOf: TopicOf; readonly wants: (topic: string) => boolean },
): readonly RecordsOfPartition[] {
  body.skip(4); // throttle
  if (version >= 7) body.skip(2 + 4); // error code, session id
  return topics(body, { byId: version >= 13, topicOf: means.topicOf }, (topic) => {
    const partition = body.int32();
    body.skip(2 + 8 + 8); // error code, high watermark, last stable offset
    if (version >= 5) body.skip(8); // log start offset
    body.array(() => {
      body.skip(8 + 8); // aborted transaction
      body.tags();
    });
    if (version >= 11) body.skip(4); // preferred read replica
    const bytes = body.nullableBytes();
    const decoded = bytes === null || !means.wants(topic) ? NO_RECORDS : decodeRecords(bytes);
    return { topic, partition, ...decoded };
  });
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  /** 0: the broker sends no answer. */
  readonly acks: number;
  readonly partitions: readonly RecordsOfPartition[];
}

export function readProduceRequest(
  body: ByteReader,
  version: number,
  topicOf: TopicOf,
): ProduceRequest {
  const transactionalId = body.nullableString();
  const acks = body.int16();
  body.skip(4); // timeout
  const partitions = topics(body, { byId: version >= 13, topicOf }, (topic) => {
    const partition = body.int32();
    const bytes = body.nullableBytes();
    return { topic, partition, ...(bytes === null ? NO_RECORDS : decodeRecords(bytes)) };
  });
  return { transactionalId, acks, partitions };
}

/** Error code per "topic/partition" of a Produce response. */
export function readProduceResponse(
  body: ByteReader,
  version: number,
  topicOf: TopicOf,
): ReadonlyMap<string, number> {
  const codes = topics(body, { byId: version >= 13, topicOf }, (topic) => {
    const place = placeOf({ topic, partition: body.int32() });
    const errorCode = body.int16();
    body.skip(8 + 8); // base offset, log append time
    if (version >= 5) body.skip(8); // log start offset
    if (version >= 8) {
      body.array(() => {
        body.skip(4); // batch index
        body.nullableString();
        body.tags();
      });
      body.nullableString(); // error message
    }
    return [place, errorCode] as const;
  });
  return new Map(codes);
}

export interface OffsetCommitRequest {
  readonly group: string;
  readonly memberId: string;
  readonly partitions: readonly PartitionOffset[];
}

/** An OffsetCommit request; `offset` is the next offset to read. */
export function readOffsetCommit(
  body: ByteReader,
  version: number,
  topicOf: TopicOf,
): OffsetCommitRequest {
  const group = body.string();
  body.skip(4); // generation or member epoch
  const memberId = body.string();
  if (version >= 7) body.nullableString(); // group instance id
  if (version <= 4) body.skip(8); // retention
  const partitions = topics(body, { byId: version >= 10, topicOf }, (topic) => {
    const partition = body.int32();
    const offset = body.int64();
    if (version >= 6) body.skip(4); // leader epoch
    body.nullableString(); // metadata
    return { topic, partition, offset };
  });
  return { group, memberId, partitions };
}

/** Error code per "topic/partition" of an OffsetCommit response. */
export function readOffsetCommitResponse(
  body: ByteReader,
  version: number,
  topicOf: TopicOf,
): ReadonlyMap<string, number> {
  if (version >= 3) body.skip(4); // throttle
  const codes = topics(
    body,
    { byId: version >= 10, topicOf },
    (topic) => [placeOf({ topic, partition: body.int32() }), body.int16()] as const,
  );
  return new Map(codes);
}

export interface TxnOffsetCommitRequest extends OffsetCommitRequest {
  readonly transactionalId: string;
}

export function readTxnOffsetCommit(body: ByteReader, version: number): TxnOffsetCommitRequest {
  const transactionalId = body.string();
  const group = body.string();
  body.skip(8 + 2); // producer id and epoch
  let memberId = "";
  if (version >= 3) {
    body.skip(4); // generation
    memberId = body.string();
    body.nullableString(); // group instance id
  }
  const partitions = topics(body, { byId: false, topicOf: String }, (topic) => {
    const partition = body.int32();
    const offset = body.int64();
    if (version >= 2) body.skip(4); // leader epoch
    body.nullableString(); // metadata
    return { topic, partition, offset };
  });
  return { transactionalId, group, memberId, partitions };
}

/** Transactional id and whether it asks to commit. */
export function readEndTxn(body: ByteReader): {
  readonly transactionalId: string;
  readonly isCommit: boolean;
} {
  const transactionalId = body.string();
  body.skip(8 + 2); // producer id and epoch
  return { transactionalId, isCommit: body.int8() !== 0 };
}

/** Transactional id of an InitProducerId request, and whether its transaction is to go on (KIP-939). */
export function readInitProducerId(
  body: ByteReader,
  version: number,
): { readonly transactionalId: string | null; readonly keepsTransaction: boolean } {
  const transactionalId = body.nullableString();
  body.skip(4); // transaction timeout
  if (version >= 3) body.skip(8 + 2); // producer id and epoch
  if (version < 6) return { transactionalId, keepsTransaction: false };
  body.skip(1); // enable two-phase commit
  return { transactionalId, keepsTransaction: body.int8() !== 0 };
}

/** Transactional id and group of an AddOffsetsToTxn request. */
export function readAddOffsetsToTxn(body: ByteReader): {
  readonly transactionalId: string;
  readonly group: string;
} {
  const transactionalId = body.string();
  body.skip(8 + 2); // producer id and epoch
  return { transactionalId, group: body.string() };
}

/** Error code per "topic/partition" of a TxnOffsetCommit response. */
export function readTxnOffsetCommitResponse(body: ByteReader): ReadonlyMap<string, number> {
  return readOffsetCommitResponse(body, 3, String); // the same fields, whatever the version
}

/** Error code of EndTxn and InitProducerId responses. */
export function readErrorAfterThrottle(body: ByteReader): number {
  body.skip(4); // throttle
  return body.int16();
}

/** Topic names by id of a Metadata response (version 10 and later). */
export function readTopicIds(body: ByteReader, version: number): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (version < 10) return names;
  body.skip(4); // throttle
  body.array(() => {
    body.skip(4); // node id
    body.string(); // host
    body.skip(4); // port
    body.nullableString(); // rack
    body.tags();
  });
  body.nullableString(); // cluster id
  body.skip(4); // controller id
  body.array(() => {
    body.skip(2); // error code
    const name = body.nullableString();
    const id = body.uuid();
    if (name !== null) names.set(id, name);
    body.skip(1); // is internal
    body.array(() => {
      body.skip(2 + 4 + 4 + 4); // error code, index, leader, leader epoch
      for (let list = 0; list < 3; list += 1) body.array(() => body.skip(4)); // replicas, isr, offline
      body.tags();
    });
    body.skip(4); // authorized operations
    body.tags();
  });
  return names;
}

/** The usual nesting: topics (by name or id), each with partitions; flattened. */
function topics<T>(
  body: ByteReader,
  naming: { readonly byId: boolean; readonly topicOf: TopicOf },
  readPartition: (topic: string) => T,
): T[] {
  return body
    .array(() => {
      const topic = naming.byId ? naming.topicOf(body.uuid()) : body.string();
      const partitions = body.array(() => {
        const partition = readPartition(topic);
        body.tags();
        return partition;
      });
      body.tags();
      return partitions;
    })
    .flat();
}
