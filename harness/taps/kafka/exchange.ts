import type { BoundaryName, Moment } from "../../model/boundary.ts";
import type { Position } from "../../model/history.ts";
import type { Recorder } from "../../ports/basics.ts";
import type { Attribution, Gate, HeldFrameDecision, Named } from "../../ports/tap.ts";
import { meetBoundary, noteRefused } from "../hold.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { CommittedOffsets } from "./committed-offsets.ts";
import type { DeliveryCounter } from "./delivery-counter.ts";
import type { KafkaTapState } from "./tap-state.ts";

export interface KafkaSessionOptions {
  readonly instance: string;
  readonly recorder: Recorder;
  readonly gate: Gate;
  readonly counter: DeliveryCounter;
  /** Of all instances: what a commit covers first depends on what its group has committed. */
  readonly committed: CommittedOffsets;
  readonly attribution: Attribution;
  /** Topics whose deliveries are evidence. */
  readonly isConsumed: (topic: string) => boolean;
  /** The intent carried by a record, when a tap has seen it delivered. */
  readonly keyAt: (topic: string, partition: number, offset: number) => Named | null;
  readonly onDelivered: (position: Position, key: string) => void;
}

/** What an exchange works with. */
export interface Means extends KafkaSessionOptions {
  readonly state: KafkaTapState;
}

type Held = Promise<HeldFrameDecision> | null;

/** One request and, when the broker answers it, its response. */
export interface Exchange {
  /** Null: nobody waits for the request. */
  readonly requested: Held;
  /** Reads the response; absent when there is none, or nothing to learn from it. */
  readonly onResponse?: (body: ByteReader) => Answer;
}

export interface Answer {
  readonly held: Held;
  /** Called once the response has been written to the subject. */
  readonly forwarded?: () => void;
}

/** Nothing to hold, nothing to learn. */
export const UNREMARKABLE: Exchange = { requested: null };
export const NO_REMARK: Answer = { held: null };

interface At {
  readonly boundary: BoundaryName & `kafka.${string}.${Moment}`;
  readonly named: readonly Named[];
  readonly tag?: string;
  readonly isQuiet?: boolean;
}

/** Announces a boundary of this instance to whoever waits for it. */
export function meet(means: Means, at: At): Held {
  const { instance, gate, recorder } = means;
  return meetBoundary({ tag: null, ...at, instance }, { gate, recorder });
}

/** Records that the broker refused what would have led to this boundary. */
export function refuse({ instance, recorder }: Means, at: At & { readonly tag: string }): void {
  noteRefused({ ...at, instance }, recorder);
}

/** One partition of a request, "topic/partition", with the intents it is about. */
export interface Part {
  readonly place: string;
  readonly named: readonly Named[];
}

/** `applied` for the partitions that the broker answered with code 0; it refused the others. */
export function answerOf(
  means: Means,
  conversation: "kafka.produce" | "kafka.offset-commit",
  parts: readonly Part[],
  codes: ReadonlyMap<string, number>,
): Answer {
  const isDone = ({ place }: Part): boolean => codes.get(place) === 0;
  const done = parts.filter(isDone);
  const applied = `${conversation}.applied` as const;
  for (const part of parts) {
    if (isDone(part)) continue;
    refuse(means, { boundary: applied, named: part.named, tag: String(codes.get(part.place)) });
  }
  if (done.length === 0) return NO_REMARK;
  const at = { named: done.flatMap(({ named }) => named), tag: "0" };
  return {
    held: meet(means, { boundary: applied, ...at }),
    forwarded: () => void meet(means, { boundary: `${conversation}.acknowledged`, ...at }),
  };
}
