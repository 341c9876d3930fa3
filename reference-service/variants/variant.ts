import type { Policies } from "../application/ports.ts";

/** A known defect: one policy replaced. */
export interface Variant {
  readonly id: string;
  readonly breaks: string;
  readonly mechanism: string;
  readonly apply: (policies: Policies) => Policies;
}
