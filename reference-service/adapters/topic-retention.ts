// Node finds only some of the names that this CommonJS package exports; this one is not among them.
import kafkajs, { type Kafka } from "kafkajs";
import { judgeRetention, type TopicRetention } from "../domain/retention.ts";

const NAMES = ["cleanup.policy", "retention.ms", "segment.ms"];

/** What the broker says of each topic. Needs DescribeConfigs on them. */
export async function readTopicRetention(
  kafka: Kafka,
  topics: readonly string[],
): Promise<readonly TopicRetention[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configNames: NAMES,
      })),
    });
    return resources.map(({ resourceName, configEntries }) => {
      const valueOf = (name: string): string => {
        const found = configEntries.find(({ configName }) => configName === name);
        if (found === undefined) throw new Error(`${resourceName} has no ${name}`);
        return found.configValue;
      };
      return {
        topic: resourceName,
        cleanupPolicy: valueOf("cleanup.policy"),
        retentionMs: Number(valueOf("retention.ms")),
        segmentMs: Number(valueOf("segment.ms")),
      };
    });
  } finally {
    await admin.disconnect();
  }
}

/**
 * Rejects, with the fix, when dedup rows would be gone before the records they are there for. What
 * cannot be judged, or has a limit, is only warned of.
 */
export async function checkRetention(
  kafka: Kafka,
  of: { readonly topics: readonly string[]; readonly dedupRetentionMs: number },
  warn: (text: string) => void,
): Promise<void> {
  let topics: readonly TopicRetention[];
  try {
    topics = await readTopicRetention(kafka, of.topics);
  } catch (error) {
    if (!(error instanceof Error) || !isDenied(error)) throw error;
    return warn(
      `retention not checked, this client may not describe the configs of ${of.topics.join(" and ")}: allow DescribeConfigs`,
    );
  }
  for (const topic of topics) {
    const verdict = judgeRetention(topic, of.dedupRetentionMs);
    if (verdict.kind === "too-short") throw new Error(verdict.reason);
    if (verdict.kind === "unlimited") warn(verdict.limit);
  }
}

/** A topic that may not be described is a warning; one that is not there, or a broker, is not. */
function isDenied(error: Error): boolean {
  return "type" in error && error.type === "TOPIC_AUTHORIZATION_FAILED";
}
