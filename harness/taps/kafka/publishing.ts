import type { Named } from "../../ports/tap.ts";
import type { ByteReader } from "./byte-reader.ts";
import { coveredBy, recordCommit } from "./commits.ts";
import {
  answerOf,
  meet,
  NO_REMARK,
  refuse,
  UNREMARKABLE,
  type Exchange,
  type Means,
} from "./exchange.ts";
import {
  placeOf,
  readEndTxn,
  readErrorAfterThrottle,
  readProduceRequest,
  readProduceResponse,
  readTxnOffsetCommit,
  type RecordsOfPartition,
} from "./messages.ts";

/** Produce: attributed to the intents named in its records' keys and headers. */
export function produceExchange(means: Means, body: ByteReader, version: number): Exchange {
  const request = readProduceRequest(body, version, means.state.topicOf);
  const parts = request.partitions.map((partition) => ({
    place: placeOf(partition),
    named: namedIn(means, partition),
  }));
  const named = uniqueByKey(parts.flatMap((part) => part.named));
  if (request.transactionalId !== null) {
    const open = means.state.transaction(request.transactionalId);
    for (const each of named) open.named.set(each.key, each);
  }
  const requested = meet(means, { boundary: "kafka.produce.requested", named });
  if (request.acks === 0) return { requested };
  return {
    requested,
    onResponse: (answer) =>
      answerOf(
        means,
        "kafka.produce",
        parts,
        readProduceResponse(answer, version, means.state.topicOf),
      ),
  };
}

function namedIn({ attribution }: Means, { records }: RecordsOfPartition): readonly Named[] {
  const texts = records.flatMap(({ key, headers }) => [key, ...headers]);
  return uniqueByKey(
    texts.flatMap((text) => (text === null ? [] : (attribution.identify(text) ?? []))),
  );
}

function uniqueByKey(named: readonly Named[]): readonly Named[] {
  return [...new Map(named.map((each) => [each.key, each])).values()];
}

/** TxnOffsetCommit: nothing is committed until EndTxn says so. */
export function txnOffsetExchange(means: Means, body: ByteReader, version: number): Exchange {
  const commit = readTxnOffsetCommit(body, version);
  if (commit.memberId !== "") {
    means.state.setMember({ group: commit.group, memberId: commit.memberId });
  }
  const open = means.state.transaction(commit.transactionalId);
  open.group = commit.group;
  open.offsets.push(...commit.partitions);
  for (const each of commit.partitions.flatMap((at) => coveredBy(means, commit.group, at))) {
    open.named.set(each.key, each);
  }
  return UNREMARKABLE;
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
      if (code === 0) means.state.endTransaction(transactionalId);
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
