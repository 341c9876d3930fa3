import type { Moment } from "../../model/boundary.ts";
import type { Named } from "../../ports/tap.ts";
import type { ByteReader } from "./byte-reader.ts";
import { meet, type Answer, type Exchange, type Means } from "./exchange.ts";
import {
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
  const named = coveredBy(means, commit.partitions);
  recordCommit(means, "requested", commit, null);
  return {
    requested: meet(means, { boundary: "kafka.offset-commit.requested", named }),
    onResponse: (answer) =>
      answered(
        means,
        commit,
        named,
        readOffsetCommitResponse(answer, version, means.state.topicOf),
      ),
  };
}

function answered(
  means: Means,
  commit: OffsetCommitRequest,
  named: readonly Named[],
  codes: ReadonlyMap<string, number>,
): Answer {
  recordCommit(means, "applied", commit, codes);
  for (const at of commit.partitions) {
    if (codes.get(`${at.topic}/${at.partition}`) === 0) means.state.noteCommitted(at);
  }
  return {
    held: meet(means, { boundary: "kafka.offset-commit.applied", named }),
    forwarded: () => {
      recordCommit(means, "acknowledged", commit, codes);
      void meet(means, { boundary: "kafka.offset-commit.acknowledged", named });
    },
  };
}

/** The intents whose records these offsets cover for the first time. */
export function coveredBy(means: Means, partitions: readonly PartitionOffset[]): readonly Named[] {
  return partitions.flatMap((at) =>
    means.state.newlyCovered(at, COVERED_MAX).flatMap((offset) => {
      const found = means.keyAt(at.topic, at.partition, offset);
      return found === null ? [] : [found];
    }),
  );
}

/** One `offset` event for each partition of a commit. */
export function recordCommit(
  means: Means,
  moment: Moment,
  commit: Pick<OffsetCommitRequest, "group" | "partitions">,
  codes: ReadonlyMap<string, number> | null,
): void {
  for (const { topic, partition, offset } of commit.partitions) {
    means.recorder.record({
      stream: "offset",
      kind: "commit",
      moment,
      instance: means.instance,
      group: commit.group,
      topic,
      partition,
      committed: offset,
      errorCode: codes?.get(`${topic}/${partition}`) ?? null,
    });
  }
}
