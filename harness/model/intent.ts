import type { Poison } from "./scenario.ts";

/** One business event to be sent: what the workload means to happen exactly once. */
export interface Intent {
  readonly index: number;
  readonly eventId: string;
  /** Business key (payment id). */
  readonly key: string;
  readonly operation: string;
  readonly account: string;
  /** Minor units, a positive safe integer. */
  readonly amount: number;
  readonly currency: string;
  /** Its record must end as a dead letter, on purpose. */
  readonly isPoison: boolean;
  /** What is wrong with it; malformed when left out. */
  readonly poison?: Poison;
  /** Sent before, and now again. */
  readonly isCopy: boolean;
}
