import type { Moment } from "../../model/boundary.ts";
import type { Named } from "../../ports/tap.ts";
import type { ByteReader } from "./byte-reader.ts";
import { answerOf, meet, type Answer, type Exchange, type Means, type Part } from "./exchange.ts";
import {
  placeOf,
  readOffsetCommit,
  readOffsetCommitResponse,
  type OffsetCommitRequest,
  type PartitionOffset,
} from "./messages.ts";

/** Records one commit may be attributed to: more lie too far back to be in flight. */
const COVERED_MAX = 10_000;

/** OffsetCommit: attributed to every record it newly covers, for one commit may cover many. */
export function commitExchange(means: Means, body: ByteReader, version: number): Exchange {
  const commit = readOffsetCommit(body, version, means.state.topicOf);
  if (commit.memberId !== "") {
    means.state.setMember({ group: commit.group, memberId: commit.memberId });
  }
  const parts = commit.partitions.map((at) => ({
    place: placeOf(at),
    named: coveredBy(means, commit.group, at),
  }));
  recordCommit(means, "requested", commit, null);
  const named = parts.flatMap((part) => part.named);
  return {
    requested: meet(means, { boundary: "kafka.offset-commit.requested", named }),
    onResponse: (answer) => {
      const codes = readOffsetCommitResponse(answer, version, means.state.topicOf);
      return answered(means, commit, { parts, codes });
    },
  };
}

function answered(
  means: Means,
  commit: OffsetCommitRequest,
  said: { readonly parts: readonly Part[]; readonly codes: ReadonlyMap<string, number> },
): Answer {
  const { parts, codes } = said;
  recordCommit(means, "applied", commit, codes);
  for (const at of commit.partitions) {
    if (codes.get(placeOf(at)) === 0) means.committed.note(commit.group, at);
  }
  const { held, forwarded } = answerOf(means, "kafka.offset-commit", parts, codes);
  return {
    held,
    forwarded: () => {
      recordCommit(means, "acknowledged", commit, codes);
      forwarded?.();
    },
  };
}

/** The intents whose records this offset is the first of its group to cover. */
export function coveredBy(means: Means, group: string, at: PartitionOffset): readonly Named[] {
  return means.committed
    .newlyCovered(group, at, COVERED_MAX)
    .flatMap((offset) => means.keyAt(at.topic, at.partition, offset) ?? []);
}

/** One `offset` event for each partition of a commit. */
export function recordCommit(
  means: Means,
  moment: Moment,
  commit: Pick<OffsetCommitRequest, "group" | "partitions">,
  codes: ReadonlyMap<string, number> | null,
): void {
  for (const at of commit.partitions) {
    const { topic, partition, offset } = at;
    means.recorder.record({
      stream: "offset",
      kind: "commit",
      moment,
      instance: means.instance,
      group: commit.group,
      topic,
      partition,
      committed: offset,
      errorCode: codes?.get(placeOf(at)) ?? null,
    });
  }
}
