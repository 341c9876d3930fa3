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
  /** Its record is made unreadable on purpose. */
  readonly isPoison: boolean;
  /** Sent before, and now again. */
  readonly isCopy: boolean;
}
