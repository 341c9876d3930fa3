import type { Admin, Kafka } from "kafkajs";
import type { HostPort } from "../../ports/basics.ts";
import type { Broker } from "../../ports/broker.ts";
import { openInputProducer } from "./input-producer.ts";
import { createInternalCluster } from "./kafkajs-internals.ts";
import { GroupLeaver } from "./leave-group.ts";
import { readEndOffsets, readLog } from "./read-log.ts";

/** The harness's own Kafka client, on the direct listener. */
export async function openBroker(direct: HostPort): Promise<Broker> {
  const kafka = await createClient(direct);
  const admin = kafka.admin();
  await connectWhenReady(admin);
  const cluster = createInternalCluster(kafka);
  await cluster.connect();
  const leaver = await GroupLeaver.open(direct);
  return {
    async createTopics(topics) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: topics.map(({ topic, partitions }) => ({ topic, numPartitions: partitions })),
      });
    },
    deleteTopics: (topics) => admin.deleteTopics({ topics: [...topics] }),
    endOffsets: (topic) => readEndOffsets(cluster, topic),
    async committedOffsets(groupId, topic) {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const offsets: (number | null)[] = [];
      for (const { partition, offset } of found?.partitions ?? []) {
        offsets[partition] = Number(offset) < 0 ? null : Number(offset);
      }
      return offsets;
    },
    readAll: (topic) => readLog(cluster, topic),
    async members(group) {
      const { groups } = await admin.describeGroups([group]);
      const members = groups[0]?.members ?? [];
      return members.map(({ memberId, clientId }) => ({ memberId, clientId }));
    },
    evict: (group, memberId) => leaver.leave(group, memberId),
    advertisedTo,
    producer: () => openInputProducer(kafka),
    async close() {
      leaver.close();
      await Promise.all([admin.disconnect(), cluster.disconnect()]);
    },
  };
}

/** Connects; rejects until metadata and the group coordinator have answered. */
async function connectWhenReady(admin: Admin): Promise<void> {
  try {
    await admin.connect();
    await admin.fetchOffsets({ groupId: "gameday-readiness" });
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
}

/** A silent client bootstrapped at `address`. */
export async function createClient(
  address: HostPort,
  clientId = "gameday",
  retries = 5,
): Promise<Kafka> {
  const { Kafka: Client, logLevel } = await import("kafkajs");
  return new Client({
    clientId,
    brokers: [`${address.host}:${address.port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { retries, initialRetryTime: 50, maxRetryTime: 500 },
  });
}

/** Asks the bootstrap connection alone: no broker it names is connected to. */
async function advertisedTo(address: HostPort): Promise<readonly HostPort[]> {
  const cluster = createInternalCluster(await createClient(address, "gameday", 0));
  try {
    await cluster.connect();
    const { brokers } = await cluster.brokerPool.seedBroker.metadata([]);
    return brokers.map(({ host, port }) => ({ host, port }));
  } finally {
    await cluster.disconnect();
  }
}
