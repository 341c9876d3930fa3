import type { Admin, Kafka } from "kafkajs";
import { HarnessError } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import type { Broker } from "../../ports/broker.ts";
import { pollUntil } from "../process/deadline.ts";
import { openInputProducer } from "./input-producer.ts";
import { createInternalCluster, type InternalCluster } from "./kafkajs-internals.ts";
import { GroupLeaver } from "./leave-group.ts";
import { readEndOffsets, readFirstOffsets, readLog } from "./read-log.ts";

/** The harness's own Kafka client, on the direct listener. */
export async function openBroker(direct: readonly HostPort[]): Promise<Broker> {
  const [first] = direct;
  if (first === undefined) throw new HarnessError("internal", "There is no broker to open.");
  const kafka = await createClient(direct);
  const isSingle = direct.length === 1;
  const admin = kafka.admin();
  await connectWhenReady(admin);
  const cluster = createInternalCluster(kafka);
  await cluster.connect();
  const leaver = await GroupLeaver.open(first);
  return {
    async createTopics(topics) {
      await admin.createTopics({
        // kafkajs 2.2.4 waits for leaders too, and fails when a busy broker does not know the topic yet.
        waitForLeaders: false,
        topics: topics.map(({ topic, partitions }) => ({
          topic,
          numPartitions: partitions,
          ...(isSingle ? {} : REPLICATED),
        })),
      });
      await Promise.all(topics.map(({ topic }) => untilLed(admin, topic)));
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
    async leaderOf(topic, partition) {
      const leader = (await partitionOf(admin, topic, partition))?.leader ?? -1;
      return leader < 0 ? null : leader;
    },
    async inSync(topic, partition) {
      return (await partitionOf(admin, topic, partition))?.isr ?? [];
    },
    async coordinatorOf(group) {
      return (await cluster.findGroupCoordinator({ groupId: group })).nodeId;
    },
    async evict(group, memberId) {
      // One broker is its own coordinator: the connection opened beforehand saves 300 ms.
      if (isSingle) return leaver.leave(group, memberId);
      const coordinator = await cluster.findGroupCoordinator({ groupId: group });
      return coordinator.leaveGroup({ groupId: group, memberId }).then(
        () => 0,
        (error: unknown) => codeOf(error),
      );
    },
    resetOffsets: (group, topic) => resetOffsets({ admin, cluster }, group, topic),
    advertisedTo,
    producer: () => openInputProducer(kafka),
    async close() {
      leaver.close();
      await Promise.all([admin.disconnect(), cluster.disconnect()]);
    },
  };
}

const REPLICATED = {
  replicationFactor: 3,
  configEntries: [{ name: "min.insync.replicas", value: "2" }],
};

/** What a client that is in no generation sends (KIP-211): accepted while the group is empty. */
const NO_GENERATION = { groupGenerationId: -1, memberId: "", retentionTime: -1 } as const;

/** Commits the first offsets by itself: the admin client of kafkajs joins the group and waits 5 s. */
async function resetOffsets(
  { admin, cluster }: { readonly admin: Admin; readonly cluster: InternalCluster },
  group: string,
  topic: string,
): Promise<string> {
  const textOf = async (): Promise<string> => {
    const offsets = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const each = offsets.flatMap(({ partitions }) =>
      partitions.map(({ partition, offset }) => `[${partition}] ${offset}`),
    );
    return each.sort().join(", ");
  };
  const before = await textOf();
  const firsts = await readFirstOffsets(cluster, topic);
  const partitions = firsts.map((offset, partition) => ({ partition, offset: String(offset) }));
  const coordinator = await cluster.findGroupCoordinator({ groupId: group });
  const topics = [{ topic, partitions }];
  await coordinator.offsetCommit({ ...NO_GENERATION, groupId: group, topics });
  return `${group} was at ${before}, and is at ${await textOf()}`;
}

const LEADERS_TIMEOUT_MS = 15_000;

/** Waits until every partition of a new topic has a leader. */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  const what = `every partition of ${topic} to have a leader`;
  await pollUntil({ what, timeoutMs: LEADERS_TIMEOUT_MS, everyMs: 20 }, async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions ?? [];
    return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0) ? true : null;
  });
}

async function partitionOf(admin: Admin, topic: string, partition: number) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
}

/** The broker's error code in a kafkajs error; -1 (unknown) when it carries none. */
function codeOf(error: unknown): number {
  return error instanceof Error && "code" in error && typeof error.code === "number"
    ? error.code
    : -1;
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

/** A silent client bootstrapped at these addresses. */
export async function createClient(
  addresses: readonly HostPort[],
  clientId = "gameday",
  retries = 5,
): Promise<Kafka> {
  const { Kafka: Client, logLevel } = await import("kafkajs");
  return new Client({
    clientId,
    brokers: addresses.map(({ host, port }) => `${host}:${port}`),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { retries, initialRetryTime: 50, maxRetryTime: 500 },
  });
}

/** Asks the bootstrap connection alone: no broker it names is connected to. */
async function advertisedTo(address: HostPort): Promise<readonly HostPort[]> {
  const cluster = createInternalCluster(await createClient([address], "gameday", 0));
  try {
    await cluster.connect();
    const { brokers } = await cluster.brokerPool.seedBroker.metadata([]);
    return brokers.map(({ host, port }) => ({ host, port }));
  } finally {
    await cluster.disconnect();
  }
}
