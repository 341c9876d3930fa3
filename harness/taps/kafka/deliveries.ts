import type { ByteReader } from "./byte-reader.ts";
import { meet, type Answer, type Exchange, type Means } from "./exchange.ts";
import { readFetchRequest, readFetchResponse, type RecordsOfPartition } from "./messages.ts";

/** Fetch: what an instance is delivered. Counted once the response has gone on to the subject. */
export function fetchExchange(means: Means, body: ByteReader, version: number): Exchange {
  const asked = readFetchRequest(body, version, means.state.topicOf);
  const from = new Map(asked.map((at) => [`${at.topic}/${at.partition}`, at.offset]));
  return {
    requested: meet(means, { boundary: "kafka.fetch.requested", named: [], isQuiet: true }),
    onResponse: (answer) =>
      delivered(
        means,
        from,
        readFetchResponse(answer, version, {
          topicOf: means.state.topicOf,
          wants: means.isConsumed,
        }),
      ),
  };
}

function delivered(
  means: Means,
  from: ReadonlyMap<string, number>,
  fetched: readonly RecordsOfPartition[],
): Answer {
  means.state.countUnread(fetched);
  const records = fetched.flatMap(({ topic, partition, records: found }) => {
    const firstWanted = from.get(`${topic}/${partition}`) ?? 0;
    // A batch is sent whole: records below the asked offset are thrown away by the client.
    return found
      .filter(({ offset }) => offset >= firstWanted)
      .map(({ offset, key, headers }) => ({
        position: { topic, partition, offset },
        key,
        headers,
      }));
  });
  const named = records.flatMap(({ key, headers }) => {
    const found = [key, ...headers].map((text) =>
      text === null ? null : means.attribution.identify(text),
    );
    return found.find((each) => each !== null) ?? [];
  });
  const forwarded = (): void => {
    for (const { position, key } of records) {
      if (key !== null) means.onDelivered(position, key);
      const { topic, partition, offset } = position;
      const attempt = means.counter.next(topic, partition, offset);
      means.recorder.record({
        stream: "delivery",
        instance: means.instance,
        position,
        key,
        attempt,
      });
    }
    void meet(means, { boundary: "kafka.fetch.acknowledged", named, isQuiet: true });
  };
  return {
    held: meet(means, { boundary: "kafka.fetch.applied", named, isQuiet: true }),
    forwarded,
  };
}
