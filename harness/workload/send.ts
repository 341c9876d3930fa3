import { HarnessError } from "../model/errors.ts";
import type { KafkaRecord } from "../model/config.ts";
import type { Intent } from "../model/intent.ts";
import type { Clock, Recorder } from "../ports/basics.ts";
import type { InputProducer } from "../ports/broker.ts";

export interface SendOptions {
  readonly intents: readonly Intent[];
  /** Intents (1-based) that are sent twice. */
  readonly copies: readonly number[];
  readonly topic: string;
  readonly encode: (intent: Intent) => KafkaRecord;
  readonly producer: InputProducer;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called before the bytes leave, so that the taps can name the payment from its first frame. */
  readonly onSending: (intent: Intent) => void;
  /** Settles when this intent may be sent. */
  readonly mayBeSent: (intent: Intent) => Promise<void>;
}

/**
 * Sends one payment after the other, one send in flight (kafkajs loses or doubles records when an
 * idempotent producer has several and an answer is lost). An unanswered send is recorded as unknown.
 */
export async function sendIntents(options: SendOptions): Promise<void> {
  const { intents, copies } = options;
  const sent = intents.flatMap((intent) =>
    copies.includes(intent.index + 1) ? [intent, { ...intent, isCopy: true }] : [intent],
  );
  for (const intent of sent) {
    if (options.signal.aborted) throw new HarnessError("interrupted", "Interrupted while sending.");
    await options.mayBeSent(intent);
    options.onSending(intent);
    const sentAtMs = options.clock.nowMs();
    const position = await options.producer
      .send(options.topic, recordOf(intent, options.encode))
      .catch(() => "unknown" as const);
    options.recorder.record({
      stream: "intent",
      eventId: intent.eventId,
      key: intent.key,
      operation: intent.operation,
      account: intent.account,
      amount: intent.amount,
      sentAtMs,
      position,
      ...(intent.isPoison ? { isPoison: true } : {}),
      ...(intent.isCopy ? { isCopy: true } : {}),
    });
  }
}

const OVERSIZED_CHARS = 100_000;

/** The record of an intent; a poisoned one keeps its key, and something is wrong with its value. */
export function recordOf(intent: Intent, encode: (intent: Intent) => KafkaRecord): KafkaRecord {
  const record = encode(intent);
  if (!intent.isPoison) return record;
  switch (intent.poison ?? "malformed") {
    case "malformed":
      return { ...record, value: `{"poison":"${intent.eventId}` };
    case "oversized":
      return { ...record, value: record.value.padEnd(OVERSIZED_CHARS) };
    case "wrong-currency":
      return encode({ ...intent, currency: intent.currency === "USD" ? "EUR" : "USD" });
    case "negative-amount":
      return encode({ ...intent, amount: -intent.amount });
    case "reused-id":
      // Its id is the first event's by plan; everything else is its own.
      return record;
  }
}
