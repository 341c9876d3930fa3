import type { Kafka } from "kafkajs";
import { HarnessError } from "../../model/errors.ts";
import type { KafkaRecord } from "../../model/config.ts";
import type { Position } from "../../model/history.ts";
import type { InputProducer } from "../../ports/broker.ts";
import { withDeadline } from "../process/deadline.ts";

const ANSWER_TIMEOUT_MS = 10_000;
const ACKS_FROM_ALL = -1;

/**
 * An idempotent producer with one send in flight: kafkajs 2.2.4 loses and doubles records when an
 * idempotent producer has concurrent sends to a partition and one answer is lost.
 */
export async function openInputProducer(kafka: Kafka): Promise<InputProducer> {
  const { Partitioners } = await import("kafkajs");
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    // Enough for a broker that is restarted under it; the deadline below has the last word.
    retry: { retries: 30, initialRetryTime: 50, maxRetryTime: 300 },
  });
  await producer.connect();
  let previous: Promise<unknown> = Promise.resolve();

  async function sendOne(topic: string, record: KafkaRecord): Promise<Position> {
    const message = { key: record.key, value: record.value, headers: { ...record.headers } };
    const [answer] = await producer.send({ topic, acks: ACKS_FROM_ALL, messages: [message] });
    if (answer?.baseOffset === undefined) {
      throw new HarnessError(
        "environment",
        `Kafka acknowledged a record of ${topic} without offset.`,
      );
    }
    return { topic, partition: answer.partition, offset: Number(answer.baseOffset) };
  }

  return {
    send(topic, record) {
      const sent = previous.then(() => sendOne(topic, record));
      // The next send waits for this one to settle either way; its caller sees the error.
      previous = sent.catch(() => null);
      const what = `Kafka to acknowledge a record of ${topic}`;
      return withDeadline({ what, timeoutMs: ANSWER_TIMEOUT_MS }, sent);
    },
    close: () => producer.disconnect(),
  };
}
