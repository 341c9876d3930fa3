import { HarnessError } from "../../model/errors.ts";
import type { ObservedRecord } from "../../ports/broker.ts";
import type { FetchedRecord, InternalCluster, NodeConnection } from "./kafkajs-internals.ts";

const READ_UNCOMMITTED = 0;
/** ListOffsets timestamps with a meaning (Kafka protocol: -1 latest, -2 earliest). */
const LATEST = -1;
const EARLIEST = -2;
const FETCH_BYTES_MAX = 8 * 1024 * 1024;
const READ_TIMEOUT_MS = 30_000;

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly node: NodeConnection;
}

/** Every partition of a topic with the connection to its leader, index = partition. */
async function partitionsOf(cluster: InternalCluster, topic: string): Promise<TopicPartition[]> {
  const metadata = await cluster.metadata({ topics: [topic] });
  const found = metadata.topicMetadata.find((candidate) => candidate.topic === topic);
  const partitions = [...(found?.partitionMetadata ?? [])];
  partitions.sort((left, right) => left.partitionId - right.partitionId);
  return Promise.all(
    partitions.map(async ({ partitionId, leader }) => {
      const node = await cluster.findBroker({ nodeId: leader });
      return { topic, partition: partitionId, node };
    }),
  );
}

async function offsetAt(
  { topic, partition, node }: TopicPartition,
  timestamp: number,
): Promise<number> {
  const answer = await node.listOffsets({
    replicaId: -1,
    isolationLevel: READ_UNCOMMITTED,
    topics: [{ topic, partitions: [{ partition, timestamp }] }],
  });
  const offset = answer.responses[0]?.partitions[0]?.offset;
  if (offset === undefined) {
    throw new HarnessError("internal", `ListOffsets gave no offset for ${topic}/${partition}.`);
  }
  return Number(offset);
}

/** Log end offset per partition, index = partition. */
export function readEndOffsets(cluster: InternalCluster, topic: string): Promise<number[]> {
  return offsetsAt(cluster, topic, LATEST);
}

/** Offset of the first record still kept, per partition. */
export function readFirstOffsets(cluster: InternalCluster, topic: string): Promise<number[]> {
  return offsetsAt(cluster, topic, EARLIEST);
}

async function offsetsAt(
  cluster: InternalCluster,
  topic: string,
  timestamp: number,
): Promise<number[]> {
  const partitions = await partitionsOf(cluster, topic);
  return Promise.all(partitions.map((partition) => offsetAt(partition, timestamp)));
}

function textOf(value: Buffer | string | (Buffer | string)[] | undefined): string {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last?.toString() ?? "";
}

function observe({ topic, partition }: TopicPartition, record: FetchedRecord): ObservedRecord {
  const producerId = Number(record.batchContext.producerId);
  const headers = Object.entries(record.headers).map(([name, value]) => [name, textOf(value)]);
  return {
    position: { topic, partition, offset: Number(record.offset) },
    key: record.key?.toString("utf8") ?? null,
    headers: Object.fromEntries(headers) as Record<string, string>,
    producerId: producerId < 0 ? null : producerId,
    producerEpoch: producerId < 0 ? null : record.batchContext.producerEpoch,
  };
}

async function fetchFrom(
  source: TopicPartition,
  offset: number,
): Promise<readonly FetchedRecord[]> {
  const { topic, partition, node } = source;
  const request = { partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES_MAX };
  const answer = await node.fetch({
    isolationLevel: READ_UNCOMMITTED,
    maxWaitTime: 100,
    minBytes: 1,
    maxBytes: FETCH_BYTES_MAX,
    topics: [{ topic, partitions: [request] }],
  });
  return answer.responses[0]?.partitions[0]?.messages ?? [];
}

async function readPartition(source: TopicPartition): Promise<ObservedRecord[]> {
  const end = await offsetAt(source, LATEST);
  let next = await offsetAt(source, EARLIEST);
  const records: ObservedRecord[] = [];
  const endsAtMs = performance.now() + READ_TIMEOUT_MS;
  while (next < end) {
    if (performance.now() > endsAtMs) {
      throw new HarnessError(
        "environment",
        `Read ${source.topic}/${source.partition} only to offset ${next} of ${end} in ${READ_TIMEOUT_MS} ms.`,
      );
    }
    for (const record of await fetchFrom(source, next)) {
      // A batch is returned whole: it may begin before the offset asked for.
      const offset = Number(record.offset);
      if (offset >= next && offset < end) {
        next = offset + 1;
        if (!record.isControlRecord) {
          records.push(observe(source, record));
        }
      }
    }
  }
  return records;
}

/** All records from the first to the log end as of the call, read_uncommitted, without a group. */
export async function readLog(cluster: InternalCluster, topic: string): Promise<ObservedRecord[]> {
  const partitions = await partitionsOf(cluster, topic);
  const logs = await Promise.all(partitions.map(readPartition));
  return logs.flat();
}
