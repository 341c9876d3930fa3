import type { Recorded } from "./recorded.ts";
import type { BoundaryName } from "../../model/boundary.ts";
import type { Span } from "./span.ts";

/** One planned fault and what became of it. */
export interface FaultFact {
  readonly id: string;
  /** Short name on charts: F1, F2, ... */
  readonly label: string;
  readonly kind: string;
  readonly boundary: BoundaryName;
  readonly trigger: string;
  readonly moments: Recorded["faults"];
  readonly firedAtMs: number | null;
  /** When the heal was verified; else the end of what was seen. Null when it never fired. */
  readonly endAtMs: number | null;
  readonly isHealed: boolean;
  readonly victim: string | null;
  /** The input record in flight when it struck: its business key. */
  readonly key: string | null;
}

export function faultsOf(evidence: Recorded, span: Span): readonly FaultFact[] {
  return evidence.header.faults.map((planned, index) => {
    const moments = evidence.faults.filter(({ faultId }) => faultId === planned.id);
    const fired = moments.find(({ moment }) => moment === "fired");
    const healed =
      moments.find(({ moment }) => moment === "heal-verified") ??
      moments.find(({ moment }) => moment === "healed");
    return {
      id: planned.id,
      label: `F${index + 1}`,
      kind: planned.fault,
      boundary: planned.boundary,
      trigger: planned.trigger,
      moments,
      firedAtMs: fired?.atMs ?? null,
      endAtMs: fired === undefined ? null : (healed?.atMs ?? span.endMs),
      isHealed: healed !== undefined,
      victim: fired?.instance ?? fired?.frame?.instance ?? null,
      key: fired?.frame?.key ?? planned.key,
    };
  });
}
