/**
 * The requests and responses the tap reads, for the non-flexible versions kafkajs sends
 * (field order from the Kafka 4.3 message definitions). Pure; they throw ShortRead on bad bytes.
 */
import { ByteReader } from "./byte-reader.ts";
import { decodeRecords, type DecodedRecord } from "./record-batch.ts";

export const API = {
  fetch: 1,
  offsetCommit: 8,
  joinGroup: 11,
  heartbeat: 12,
  leaveGroup: 13,
  syncGroup: 14,
} as const;

/** Highest version of each that is read here; later ones are relayed and counted. */
export const VERSION_MAX: Readonly<Record<number, number>> = {
  [API.fetch]: 11,
  [API.offsetCommit]: 7,
  [API.joinGroup]: 5,
  [API.heartbeat]: 3,
  [API.leaveGroup]: 3,
  [API.syncGroup]: 3,
};

export interface RequestHead {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
}

/** Reads the head of a request frame (size included) and leaves the reader at its body. */
export function readRequestHead(frame: Buffer): { head: RequestHead; body: ByteReader } {
  const body = new ByteReader(frame, 4);
  const head = { apiKey: body.int16(), version: body.int16(), correlationId: body.int32() };
  body.nullableString(); // client id
  return { head, body };
}

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Partitions of a Fetch request with the offset each is read from. */
export function readFetchRequest(body: ByteReader, version: number): readonly PartitionOffset[] {
  body.skip(4 + 4 + 4); // replica id, max wait, min bytes
  if (version >= 3) body.skip(4); // max bytes
  if (version >= 4) body.skip(1); // isolation level
  if (version >= 7) body.skip(4 + 4); // session id, session epoch
  return body
    .array(() => {
      const topic = body.string();
      return body.array(() => {
        const partition = body.int32();
        if (version >= 9) body.skip(4); // current leader epoch
        const offset = body.int64();
        if (version >= 5) body.skip(8); // log start offset
        body.skip(4); // partition max bytes
        return { topic, partition, offset };
      });
    })
    .flat();
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly DecodedRecord[];
}

/** Records of a Fetch response. `wants` tells which topics to decode. */
export function readFetchResponse(
  body: ByteReader,
  version: number,
  wants: (topic: string) => boolean,
): readonly FetchedPartition[] {
  if (version >= 1) body.skip(4); // throttle
  if (version >= 7) body.skip(2 + 4); // error code, session id
  return body
    .array(() => {
      const topic = body.string();
      return body.array(() => {
        const partition = body.int32();
        body.skip(2 + 8); // error code, high watermark
        if (version >= 4) body.skip(8); // last stable offset
        if (version >= 5) body.skip(8); // log start offset
        if (version >= 4) body.array(() => body.skip(8 + 8)); // aborted transactions
        if (version >= 11) body.skip(4); // preferred read replica
        const bytes = body.nullableBytes();
        const records = bytes === null || !wants(topic) ? [] : decodeRecords(bytes);
        return { topic, partition, records };
      });
    })
    .flat();
}

export interface OffsetCommitRequest {
  readonly group: string;
  readonly memberId: string;
  readonly partitions: readonly PartitionOffset[];
}

/** An OffsetCommit request; `offset` is the next offset to read. */
export function readOffsetCommit(body: ByteReader, version: number): OffsetCommitRequest {
  const group = body.string();
  if (version >= 1) body.skip(4); // generation
  const memberId = version >= 1 ? body.string() : "";
  if (version >= 7) body.nullableString(); // group instance id
  if (version >= 2 && version <= 4) body.skip(8); // retention
  const partitions = body
    .array(() => {
      const topic = body.string();
      return body.array(() => {
        const partition = body.int32();
        const offset = body.int64();
        if (version === 1) body.skip(8); // timestamp
        if (version >= 6) body.skip(4); // leader epoch
        body.nullableString(); // metadata
        return { topic, partition, offset };
      });
    })
    .flat();
  return { group, memberId, partitions };
}

/** Error code per "topic/partition" of an OffsetCommit response. */
export function readOffsetCommitResponse(
  body: ByteReader,
  version: number,
): ReadonlyMap<string, number> {
  if (version >= 3) body.skip(4); // throttle
  const codes = new Map<string, number>();
  body.array(() => {
    const topic = body.string();
    body.array(() => codes.set(`${topic}/${body.int32()}`, body.int16()));
  });
  return codes;
}

/** Error code and member id of a JoinGroup response. */
export function readJoinResponse(
  body: ByteReader,
  version: number,
): { readonly errorCode: number; readonly memberId: string } {
  if (version >= 2) body.skip(4); // throttle
  const errorCode = body.int16();
  body.skip(4); // generation
  body.string(); // protocol
  body.string(); // leader
  return { errorCode, memberId: body.string() };
}

/** Member id of a Heartbeat or SyncGroup request. */
export function readMemberId(body: ByteReader): string {
  body.string(); // group
  body.skip(4); // generation
  return body.string();
}

/** Member ids of a LeaveGroup request. */
export function readLeaving(body: ByteReader, version: number): readonly string[] {
  body.string(); // group
  if (version < 3) return [body.string()];
  return body.array(() => {
    const memberId = body.string();
    body.nullableString(); // group instance id
    return memberId;
  });
}
