import type {
  AssumptionEvent,
  CallEvent,
  DeliveryEvent,
  EventBase,
  FaultEvent,
  HeaderEvent,
  IntentEvent,
  LogEvent,
  MembershipEvent,
  MetricEvent,
  OffsetCommitEvent,
  OffsetFinalEvent,
  ProcessEvent,
  WireEvent,
} from "../model/history.ts";
import type { ChangeFacts } from "./change-facts.ts";
import type { Effect, EffectsOfEvent } from "./effects.ts";
import type { EventOf, Expected } from "./expected.ts";
import type { WireFacts } from "./wire-facts.ts";

export { placeText, type Effect } from "./effects.ts";
export type { Expected } from "./expected.ts";

export type Stamped<T> = T & EventBase;

/** What moves partitions and work between instances, in the order in which it was seen. */
export type TrailEvent =
  | Stamped<MembershipEvent>
  | Stamped<DeliveryEvent>
  | Stamped<ProcessEvent>
  | Stamped<WireEvent>
  | Stamped<CallEvent>
  | Stamped<OffsetCommitEvent>;

/**
 * The history of one scenario run, indexed in one pass. It grows with the business keys; frames,
 * answers and rows that no guarantee looks at again are not kept (`Intake` says what is).
 */
export interface Evidence {
  readonly header: Stamped<HeaderEvent>;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Seq of the first event whose time is before that of the event before it; null as it should be. */
  readonly clockWentBackAt: number | null;
  readonly expected: readonly Expected[];
  readonly eventOf: EventOf;
  /** Effects by the slot of the event. */
  readonly effects: readonly (EffectsOfEvent | undefined)[];
  /** Effects that name no event that was sent. */
  readonly strangers: readonly Effect[];
  readonly intents: readonly Stamped<IntentEvent>[];
  readonly inputLog: readonly Stamped<LogEvent>[];
  /** How many different events the input log holds. */
  readonly onLog: number;
  readonly outputLog: readonly Stamped<LogEvent>[];
  /** Events that were sent again on purpose. */
  readonly copies: readonly Stamped<IntentEvent>[];
  /** Records nobody can read, sent on purpose. */
  readonly poisoned: readonly Expected[];
  readonly deliveries: readonly Stamped<DeliveryEvent>[];
  /** Commits requested and applied; that the answer went on is not kept. */
  readonly commits: readonly Stamped<OffsetCommitEvent>[];
  readonly finals: readonly Stamped<OffsetFinalEvent>[];
  /** Calls received, and questions whether a key is known. */
  readonly attempts: readonly Stamped<CallEvent>[];
  /** Calls that were answered, by "instance api". */
  readonly answers: ReadonlyMap<string, number>;
  readonly changes: ChangeFacts;
  readonly wires: WireFacts;
  /** What became of frames that were held. */
  readonly fates: readonly Stamped<WireEvent>[];
  /** Every moment of the calls that an intercepted request may be one of. */
  readonly metCalls: readonly Stamped<CallEvent>[];
  /**
   * Of wire events: COMMITs that the server did, and records sent to be published. Of calls: those
   * received.
   */
  readonly trail: readonly TrailEvent[];
  readonly faults: readonly Stamped<FaultEvent>[];
  readonly assumptions: readonly Stamped<AssumptionEvent>[];
  readonly metrics: readonly Stamped<MetricEvent>[];
  readonly processes: readonly Stamped<ProcessEvent>[];
  /** Frames relayed without being understood, by name. */
  readonly unread: ReadonlyMap<string, number>;
  /** Frames relayed unread by design, by name. */
  readonly relayed: ReadonlyMap<string, number>;
  readonly isDrained: boolean;
  /** The ledgers were read to their end: only then does it say something that nothing is there. */
  readonly isCollected: boolean;
  /** The run went to its end; else events may be missing behind the last. */
  readonly isEnded: boolean;
  /** False when the observer did not read every record: that one is missing then proves nothing. */
  readonly isObserved: boolean;
}

const NONE: readonly Effect[] = [];

/** Effects of one event under one declaration; empty when there are none. */
export function effectsFor(
  evidence: Evidence,
  event: Expected,
  declarationId: string,
): readonly Effect[] {
  const { effects } = evidence.header;
  const found = evidence.effects[event.slot];
  if (found === undefined) return NONE;
  for (let index = 0; index < effects.length; index += 1) {
    if (effects[index]?.id === declarationId) return found[index] ?? NONE;
  }
  return NONE;
}
