import type { GuaranteeId } from "../model/guarantee.ts";
import type { Evidence } from "./evidence.ts";

/** What a checker found; the judge adds the story. */
export interface Breach {
  readonly key: string | null;
  readonly message: string;
  /** Seqs of the fewest events that show it, in order; absent where none does. */
  readonly seqs?: readonly number[] | undefined;
}

/** `unknown`: the history does not allow a judgement; the reason says why. */
export type CheckOutcome =
  | { readonly kind: "checked"; readonly breaches: readonly Breach[] }
  | { readonly kind: "unknown"; readonly reason: string };

/** One guarantee. Pure; throwing counts as unknown. */
export interface Checker {
  readonly id: GuaranteeId;
  /**
   * What it finds is shown by events that are there, so that no event to come can take it back: it
   * stands also where a history was cut short. All others rest on something that is not there.
   */
  readonly standsInPrefix?: true;
  readonly check: (evidence: Evidence) => CheckOutcome;
}

export function checked(breaches: readonly Breach[]): CheckOutcome {
  return { kind: "checked", breaches };
}

export function unknown(reason: string): CheckOutcome {
  return { kind: "unknown", reason };
}
