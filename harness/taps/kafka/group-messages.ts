/** Messages of group membership, classic and KIP-848; see messages.ts. */
import { ByteReader } from "./byte-reader.ts";
import type { TopicOf } from "./messages.ts";

/** Who speaks for which group. */
export interface Member {
  readonly group: string;
  readonly memberId: string;
}

/** Group of a JoinGroup request. */
export function readGroup(body: ByteReader): string {
  return body.string();
}

/** Error code and member id of a JoinGroup response. */
export function readJoinResponse(
  body: ByteReader,
  version: number,
): { readonly errorCode: number; readonly memberId: string } {
  if (version >= 2) body.skip(4); // throttle
  const errorCode = body.int16();
  body.skip(4); // generation
  if (version >= 7) body.nullableString(); // protocol type
  body.nullableString(); // protocol name
  body.string(); // leader
  if (version >= 9) body.skip(1); // skip assignment
  return { errorCode, memberId: body.string() };
}

/** Group and member id of a Heartbeat or SyncGroup request. */
export function readMember(body: ByteReader): Member {
  const group = body.string();
  body.skip(4); // generation
  return { group, memberId: body.string() };
}

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/** Assigned partitions of a SyncGroup response; null when it carries an error. */
export function readSyncResponse(body: ByteReader, version: number): readonly Partition[] | null {
  if (version >= 1) body.skip(4); // throttle
  const errorCode = body.int16();
  if (version >= 5) {
    body.nullableString(); // protocol type
    body.nullableString(); // protocol name
  }
  const assignment = body.nullableBytes();
  if (errorCode !== 0) return null;
  if (assignment === null || assignment.length === 0) return [];
  // ConsumerProtocolAssignment is never flexible: version, then topics with their partitions.
  const inner = new ByteReader(assignment, 2);
  return inner
    .array(() => {
      const topic = inner.string();
      return inner.array(() => ({ topic, partition: inner.int32() }));
    })
    .flat();
}

/** Member ids of a LeaveGroup request. */
export function readLeaving(body: ByteReader, version: number): readonly string[] {
  body.string(); // group
  if (version < 3) return [body.string()];
  return body.array(() => {
    const memberId = body.string();
    body.nullableString(); // group instance id
    if (version >= 5) body.nullableString(); // reason
    body.tags();
    return memberId;
  });
}

/** KIP-848: member id and epoch; -1 leaves the group, -2 as a static member. */
export function readGroupHeartbeat(body: ByteReader): Member & { readonly epoch: number } {
  return { group: body.string(), memberId: body.string(), epoch: body.int32() };
}

export interface GroupHeartbeatResponse {
  readonly errorCode: number;
  readonly memberId: string | null;
  readonly epoch: number;
  /** Null when the assignment has not changed. */
  readonly assigned: readonly Partition[] | null;
}

export function readGroupHeartbeatResponse(
  body: ByteReader,
  topicOf: TopicOf,
): GroupHeartbeatResponse {
  body.skip(4); // throttle
  const errorCode = body.int16();
  body.nullableString(); // error message
  const memberId = body.nullableString();
  const epoch = body.int32();
  body.skip(4); // heartbeat interval
  const isPresent = body.int8() >= 0; // a nullable struct: -1 is null, 1 is there
  const assigned = isPresent
    ? body
        .array(() => {
          const topic = topicOf(body.uuid());
          const partitions = body.array(() => ({ topic, partition: body.int32() }));
          body.tags();
          return partitions;
        })
        .flat()
    : null;
  return { errorCode, memberId, epoch, assigned };
}
