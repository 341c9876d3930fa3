import type { ByteReader } from "./byte-reader.ts";
import { coveredBy, recordCommit } from "./commits.ts";
import { meet, NO_REMARK, refuse, UNREMARKABLE, type Exchange, type Means } from "./exchange.ts";
import {
  placeOf,
  readAddOffsetsToTxn,
  readEndTxn,
  readErrorAfterThrottle,
  readInitProducerId,
  readTxnOffsetCommit,
  readTxnOffsetCommitResponse,
} from "./messages.ts";

/** Answers of EndTxn after which this producer has no transaction any more: it was fenced. */
const FATAL: ReadonlySet<number> = new Set([
  47, // INVALID_PRODUCER_EPOCH
  49, // INVALID_PRODUCER_ID_MAPPING
  90, // PRODUCER_FENCED
]);

/** InitProducerId: the coordinator aborts what an earlier producer of this id left open. */
export function initProducerExchange(means: Means, body: ByteReader, version: number): Exchange {
  const { transactionalId, keepsTransaction } = readInitProducerId(body, version);
  if (transactionalId === null || keepsTransaction) return UNREMARKABLE;
  return {
    requested: null,
    onResponse: (answer) => {
      if (readErrorAfterThrottle(answer) === 0) means.state.endTransaction(transactionalId);
      return NO_REMARK;
    },
  };
}

/** AddOffsetsToTxn: the group whose offsets the transaction will commit. */
export function addOffsetsExchange(means: Means, body: ByteReader): Exchange {
  const { transactionalId, group } = readAddOffsetsToTxn(body);
  means.state.transaction(transactionalId).group = group;
  return UNREMARKABLE;
}

/** TxnOffsetCommit: nothing is committed until EndTxn says so. */
export function txnOffsetExchange(means: Means, body: ByteReader, version: number): Exchange {
  const commit = readTxnOffsetCommit(body, version);
  if (commit.memberId !== "") {
    means.state.setMember({ group: commit.group, memberId: commit.memberId });
  }
  const open = means.state.transaction(commit.transactionalId);
  open.group = commit.group;
  open.offsets = [...open.offsets, ...commit.partitions];
  for (const each of commit.partitions.flatMap((at) => coveredBy(means, commit.group, at))) {
    open.named.set(each.key, each);
  }
  return {
    requested: null,
    onResponse: (answer) => {
      const codes = readTxnOffsetCommitResponse(answer);
      // What the group's coordinator refused, a fenced zombie's offsets, is no part of it.
      open.offsets = open.offsets.filter((at) => (codes.get(placeOf(at)) ?? 0) === 0);
      return NO_REMARK;
    },
  };
}

/** EndTxn: the offsets of the transaction become commits when it is applied with COMMIT. */
export function endTxnExchange(means: Means, body: ByteReader): Exchange {
  const { transactionalId, isCommit } = readEndTxn(body);
  const { named: names, offsets, group } = means.state.transaction(transactionalId);
  const named = [...names.values()];
  const tag = isCommit ? "COMMIT" : "ABORT";
  const commit = { group, partitions: offsets };
  if (isCommit) recordCommit(means, "requested", commit, null);
  return {
    requested: meet(means, { boundary: "kafka.txn-end.requested", named, tag }),
    onResponse: (answer) => {
      const code = readErrorAfterThrottle(answer);
      if (code === 0 || FATAL.has(code)) means.state.endTransaction(transactionalId);
      if (isCommit) {
        const codes = new Map(offsets.map((at) => [placeOf(at), code] as const));
        recordCommit(means, "applied", commit, codes);
        if (code === 0) for (const at of offsets) means.committed.note(group, at);
      }
      if (code !== 0) {
        refuse(means, { boundary: "kafka.txn-end.applied", named, tag: String(code) });
        return NO_REMARK;
      }
      return {
        held: meet(means, { boundary: "kafka.txn-end.applied", named, tag }),
        forwarded: () => void meet(means, { boundary: "kafka.txn-end.acknowledged", named, tag }),
      };
    },
  };
}
