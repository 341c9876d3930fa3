import type { Named } from "../../ports/tap.ts";
import type { ByteReader } from "./byte-reader.ts";
import { answerOf, meet, type Exchange, type Means } from "./exchange.ts";
import {
  placeOf,
  readProduceRequest,
  readProduceResponse,
  type RecordsOfPartition,
} from "./messages.ts";

/** Produce: attributed to the intents named in its records' keys and headers. */
export function produceExchange(means: Means, body: ByteReader, version: number): Exchange {
  const request = readProduceRequest(body, version, means.state.topicOf);
  means.state.countUnread(request.partitions);
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
