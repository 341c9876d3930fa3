import type { BoundaryName } from "./boundary.ts";
import type { GuaranteeId } from "./guarantee.ts";

/** How a declared effect shows itself in the evidence. */
export type EffectDeclaration =
  /** A row of `table`; `key` and `eventId` name its columns. */
  | {
      readonly id: string;
      readonly kind: "row";
      readonly table: string;
      readonly key: string;
      readonly eventId: string;
      readonly amount?: string;
      readonly account?: string;
    }
  /** An external call that the API double applied. */
  | { readonly id: string; readonly kind: "call"; readonly api: string }
  /** A published record of an output topic. At-least-once publishing may repeat an event id. */
  | {
      readonly id: string;
      readonly kind: "record";
      readonly topic: string;
      readonly delivery: "at-least-once" | "once";
    };

/** Where balances live, so that money can be counted. Columns hold integers (minor units). */
export interface BalanceDeclaration {
  readonly table: string;
  readonly account: string;
  readonly balance: string;
  /** Id of the row effect whose amounts must add up to the balance. */
  readonly ledger: string;
}

/** Where the outbox lives: rows to be published as `record`. */
export interface OutboxDeclaration {
  readonly table: string;
  readonly eventId: string;
  /** Column that is non-null once the relay has published the row. */
  readonly publishedAt: string;
  /** Id of the record effect it publishes. */
  readonly record: string;
}

/** One planned fault as the judge sees it. */
export interface PlannedFault {
  readonly id: string;
  readonly fault: string;
  readonly boundary: BoundaryName;
  /** Business key the trigger waits for; null when the trigger matches any. */
  readonly key: string | null;
  readonly trigger: string;
}

/** What must have been seen for a pass to mean something. */
export interface Exercise {
  readonly eventsMin: number;
  /** `in-flight-record`: the very offset in flight at the fault came again to another instance. */
  readonly redelivery: "none" | "in-flight-record";
}

/** Limits a scenario is judged by. */
export interface Limits {
  /** From the fault fired to drained. */
  readonly recoveryMsMax: number;
}

/** Everything the judge needs to know that is not evidence; makes a journal self-contained. */
export interface RunHeader {
  readonly formatVersion: 1;
  readonly id: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly variant: string | null;
  readonly seed: number;
  readonly stack: string;
  readonly eviction: "session-timeout" | "harness-leave-group";
  readonly group: string;
  readonly inputTopic: string;
  readonly events: number;
  readonly effects: readonly EffectDeclaration[];
  readonly balance: BalanceDeclaration | null;
  readonly outbox: OutboxDeclaration | null;
  readonly faults: readonly PlannedFault[];
  readonly guarantees: readonly GuaranteeId[];
  readonly exercise: Exercise;
  readonly limits: Limits;
}
