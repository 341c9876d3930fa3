import { MANUAL } from "../model/boundary.ts";
import type { FaultMoment, FrameMet } from "../model/history.ts";
import type { FaultSpec, RowCommand } from "../model/scenario.ts";
import type { FrameAtBoundary, Gate, HeldFrameDecision } from "../ports/tap.ts";

export interface ArmedFault {
  readonly spec: FaultSpec;
  /** Business key the trigger waits for; null for any. */
  readonly key: string | null;
}

/** Carries out a fault at the frame that met its trigger; settles with the frame's fate. */
export type CarryOut = (armed: ArmedFault, frame: FrameMet) => Promise<HeldFrameDecision>;

/**
 * Holds the first frame that meets an armed trigger. Each fault fires at most once; one frame may
 * meet the triggers of several, which are carried out side by side.
 */
export class TriggerGate implements Gate {
  private readonly waiting = new Map<ArmedFault, number>();
  private readonly moments = new Set<string>();
  private readonly victims = new Map<string, string>();
  private readonly carryOut: CarryOut;

  constructor(carryOut: CarryOut) {
    this.carryOut = carryOut;
  }

  arm(fault: ArmedFault): void {
    this.waiting.set(fault, 0);
  }

  /** No fault fires any more. */
  disarm(): void {
    this.waiting.clear();
  }

  /** True while a trigger still waits for its frame. */
  isWaiting(): boolean {
    return this.waiting.size > 0;
  }

  /** Learns what became of a fault: later triggers may wait for it. */
  noteMoment(faultId: string, moment: FaultMoment, victim: string): void {
    this.moments.add(`${faultId} ${moment}`);
    if (moment === "fired") this.victims.set(faultId, victim);
  }

  /** The next fault that waits for a person; null when there is none. */
  nextManual(): ArmedFault | null {
    return [...this.waiting.keys()].find(({ spec }) => spec.at.boundary === MANUAL) ?? null;
  }

  meet(frame: FrameAtBoundary): Promise<HeldFrameDecision> | null {
    // All are found before the first fires: a trigger `after` it waits for a later frame.
    const due = [...this.waiting.keys()].filter((armed) => this.matches(armed, frame));
    const fired = due.filter((armed) => this.isNth(armed));
    if (fired.length === 0) return null;
    return Promise.all(fired.map((armed) => this.carryOut(armed, metBy(armed, frame)))).then(
      strongest,
    );
  }

  /** Counts one more frame for this trigger; true, and it waits no more, when it is the nth. */
  private isNth(armed: ArmedFault): boolean {
    const count = (this.waiting.get(armed) ?? 0) + 1;
    const isDue = count >= (armed.spec.at.match?.nth ?? 1);
    if (isDue) this.waiting.delete(armed);
    else this.waiting.set(armed, count);
    return isDue;
  }

  private matches(armed: ArmedFault, frame: FrameAtBoundary): boolean {
    const { boundary, match, after } = armed.spec.at;
    if (boundary !== frame.boundary) return false;
    if (after !== undefined && !this.moments.has(`${after.fault} ${after.moment}`)) return false;
    if (match?.instance !== undefined && match.instance !== frame.instance) return false;
    if (match?.victimOf !== undefined && this.victims.get(match.victimOf) !== frame.instance) {
      return false;
    }
    if (match?.changes !== undefined && !hasChanged(frame, match.changes)) return false;
    if (match?.command !== undefined && commandOf(frame) !== match.command) return false;
    return armed.key === null || frame.named.some(({ key }) => key === armed.key);
  }
}

function commandOf({ tag }: FrameAtBoundary): string | undefined {
  return tag?.split(" ")[0];
}

/** INSERT's tag has an object id, always 0, before the count. */
function hasChanged({ tag }: FrameAtBoundary, command: RowCommand): boolean {
  const [said, ...counts] = tag?.split(" ") ?? [];
  return said === command && Number(counts.at(-1)) > 0;
}

/** The frame as this fault met it: by the key its trigger names, else by the first of the frame's own. */
function metBy({ key }: ArmedFault, { boundary, instance, named }: FrameAtBoundary): FrameMet {
  const found = key === null ? named[0] : named.find((each) => each.key === key);
  return {
    boundary,
    instance,
    key: found?.key ?? null,
    eventId: found?.eventId ?? null,
    position: null,
  };
}

/** One frame may meet several triggers: it is dropped when one of them says so. */
function strongest(fates: readonly HeldFrameDecision[]): HeldFrameDecision {
  return (
    fates.find((fate) => fate === "drop") ?? fates.find((fate) => fate !== "release") ?? "release"
  );
}
