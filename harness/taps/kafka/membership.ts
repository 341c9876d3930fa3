import type { ByteReader } from "./byte-reader.ts";
import { NO_REMARK, UNREMARKABLE, type Exchange, type Means } from "./exchange.ts";
import {
  readGroupHeartbeat,
  readGroupHeartbeatResponse,
  readJoinResponse,
  readLeaving,
  readGroup,
  readMember,
  readSyncResponse,
  type Partition,
} from "./group-messages.ts";

/** JoinGroup: the member id the coordinator gave. */
export function joinExchange(means: Means, body: ByteReader, version: number): Exchange {
  const group = readGroup(body);
  return {
    requested: null,
    onResponse: (answer) => {
      const { errorCode, memberId } = readJoinResponse(answer, version);
      if (errorCode === 0) {
        means.state.setMember({ group, memberId });
        note(means, "joined", memberId);
      }
      return NO_REMARK;
    },
  };
}

/** SyncGroup: which partitions the instance owns in this generation. */
export function syncExchange(means: Means, body: ByteReader, version: number): Exchange {
  const member = readMember(body);
  means.state.setMember(member);
  return {
    requested: null,
    onResponse: (answer) => {
      const assigned = readSyncResponse(answer, version);
      if (assigned !== null) note(means, "assigned", member.memberId, assigned);
      return NO_REMARK;
    },
  };
}

export function heartbeatExchange(means: Means, body: ByteReader): Exchange {
  means.state.setMember(readMember(body));
  return UNREMARKABLE;
}

export function leaveExchange(means: Means, body: ByteReader, version: number): Exchange {
  for (const memberId of readLeaving(body, version)) note(means, "left", memberId);
  return UNREMARKABLE;
}

/** KIP-848: one request for joining, staying, owning and leaving. */
export function groupHeartbeatExchange(means: Means, body: ByteReader): Exchange {
  const asked = readGroupHeartbeat(body);
  if (asked.epoch < 0) {
    note(means, "left", asked.memberId);
    return UNREMARKABLE;
  }
  return {
    requested: null,
    onResponse: (answer) => {
      const { errorCode, memberId, epoch, assigned } = readGroupHeartbeatResponse(
        answer,
        means.state.topicOf,
      );
      if (errorCode !== 0) return NO_REMARK;
      const id = memberId ?? asked.memberId;
      if (means.state.setMember({ group: asked.group, memberId: id }, epoch))
        note(means, "joined", id);
      if (assigned !== null && means.state.setAssignment(asked.group, assigned)) {
        note(means, "assigned", id, assigned);
      }
      return NO_REMARK;
    },
  };
}

function note(
  { instance, recorder }: Means,
  kind: "joined" | "left" | "assigned",
  memberId: string,
  partitions?: readonly Partition[],
): void {
  const owned = partitions === undefined ? {} : { partitions };
  recorder.record({ stream: "membership", instance, kind, memberId, eviction: null, ...owned });
}
