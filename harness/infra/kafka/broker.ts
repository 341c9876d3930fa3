import { randomUUID } from "node:crypto";
import type { Admin, Kafka } from "kafkajs";
import type { HostPort } from "../../ports/basics.ts";
import type { Broker, InputProducer, ObservedRecord } from "../../ports/broker.ts";
import { withDeadline } from "../process/deadline.ts";
import { GroupLeaver } from "./leave-group.ts";

const READ_TIMEOUT_MS = 15_000;
const SEND_TIMEOUT_MS = 10_000;

/** The harness's own Kafka client, on the direct listener. */
export async function connectBroker(direct: HostPort): Promise<Broker> {
  const kafka = await clientAt(direct, 5);
  const admin = kafka.admin();
  await admin.connect();
  const leaver = await GroupLeaver.open(direct);
  return {
    async createTopics(topics) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: topics.map(({ topic, partitions }) => ({ topic, numPartitions: partitions })),
      });
    },
    deleteTopics: (topics) => admin.deleteTopics({ topics: [...topics] }),
    endOffsets: (topic) => endOffsets(admin, topic),
    async committedOffsets(groupId, topic) {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const offsets: (number | null)[] = [];
      for (const { partition, offset } of found?.partitions ?? []) {
        offsets[partition] = Number(offset) < 0 ? null : Number(offset);
      }
      return offsets;
    },
    readAll: (topic) => readAll(kafka, admin, topic),
    async members(group) {
      const { groups } = await admin.describeGroups([group]);
      const members = groups[0]?.members ?? [];
      return members.map(({ memberId, clientId }) => ({ memberId, clientId }));
    },
    evict: (group, memberId) => leaver.leave(group, memberId),
    advertisedTo,
    producer: () => connectProducer(kafka),
    async close() {
      leaver.close();
      await admin.disconnect();
    },
  };
}

/** Resolves when the broker answers metadata and can coordinate groups. */
export async function brokerAnswers(direct: HostPort): Promise<true> {
  const admin = (await clientAt(direct, 0)).admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return true;
  } finally {
    await admin.disconnect();
  }
}

async function clientAt(address: HostPort, retries: number): Promise<Kafka> {
  const { Kafka: Client, logLevel } = await import("kafkajs");
  return new Client({
    clientId: "gameday",
    brokers: [`${address.host}:${address.port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { retries, initialRetryTime: 50, maxRetryTime: 500 },
  });
}

async function advertisedTo(address: HostPort): Promise<readonly HostPort[]> {
  const admin = (await clientAt(address, 0)).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.map(({ host, port }) => ({ host, port }));
  } finally {
    await admin.disconnect();
  }
}

async function endOffsets(admin: Admin, topic: string): Promise<readonly number[]> {
  const ends: number[] = [];
  for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
    ends[partition] = Number(high);
  }
  return ends;
}

async function connectProducer(kafka: Kafka): Promise<InputProducer> {
  const { Partitioners } = await import("kafkajs");
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 5 },
  });
  await producer.connect();
  return {
    async send(topic, { key, value, headers }) {
      const sent = producer.send({ topic, acks: -1, messages: [{ key, value, headers }] });
      const what = `Kafka to acknowledge ${key}`;
      const [answer] = await withDeadline({ what, timeoutMs: SEND_TIMEOUT_MS }, sent);
      if (answer?.baseOffset === undefined) throw new Error(`Kafka gave no offset for ${key}.`);
      return { topic, partition: answer.partition, offset: Number(answer.baseOffset) };
    },
    close: () => producer.disconnect(),
  };
}

/** Reads up to the end offsets as of the call, in a group of its own that is thrown away. */
async function readAll(
  kafka: Kafka,
  admin: Admin,
  topic: string,
): Promise<readonly ObservedRecord[]> {
  const ends = await endOffsets(admin, topic);
  const open = new Set(ends.flatMap((end, partition) => (end > 0 ? [partition] : [])));
  if (open.size === 0) return [];
  const records: ObservedRecord[] = [];
  const consumer = kafka.consumer({
    groupId: `gameday-observer-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    readUncommitted: true,
    allowAutoTopicCreation: false,
  });
  const complete = Promise.withResolvers<void>();
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { offset, key, headers } of batch.messages) {
          records.push({
            position: { topic, partition: batch.partition, offset: Number(offset) },
            key: key?.toString("utf8") ?? null,
            headers: textHeaders(headers ?? {}),
            producerId: null,
            producerEpoch: null,
          });
        }
        if (Number(batch.lastOffset()) + 1 >= (ends[batch.partition] ?? 0)) {
          open.delete(batch.partition);
        }
        if (open.size === 0) complete.resolve();
        return Promise.resolve();
      },
    });
    await withDeadline(
      { what: `${topic} to be read`, timeoutMs: READ_TIMEOUT_MS },
      complete.promise,
    );
  } finally {
    await consumer.disconnect();
  }
  return records;
}

function textHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
