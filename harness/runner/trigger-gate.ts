import { MANUAL } from "../model/boundary.ts";
import type { FaultMoment, FrameMet } from "../model/history.ts";
import type { FaultSpec } from "../model/scenario.ts";
import type { Gate, HeldFrameDecision } from "../ports/tap.ts";

export interface ArmedFault {
  readonly spec: FaultSpec;
  /** Business key the trigger waits for; null for any. */
  readonly key: string | null;
}

/** Carries out a fault at the frame that met its trigger; settles with the frame's fate. */
export type CarryOut = (armed: ArmedFault, frame: FrameMet) => Promise<HeldFrameDecision>;

/** Holds the first frame that meets an armed trigger. Each fault fires at most once. */
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

  meet(frame: FrameMet): Promise<HeldFrameDecision> | null {
    for (const [armed, seen] of this.waiting) {
      if (!this.matches(armed, frame)) continue;
      const count = seen + 1;
      if (count < (armed.spec.at.match?.nth ?? 1)) {
        this.waiting.set(armed, count);
        continue;
      }
      this.waiting.delete(armed);
      return this.carryOut(armed, frame);
    }
    return null;
  }

  private matches(armed: ArmedFault, frame: FrameMet): boolean {
    const { boundary, match, after } = armed.spec.at;
    if (boundary !== frame.boundary) return false;
    if (after !== undefined && !this.moments.has(`${after.fault} ${after.moment}`)) return false;
    if (match?.instance !== undefined && match.instance !== frame.instance) return false;
    if (match?.victimOf !== undefined && this.victims.get(match.victimOf) !== frame.instance) {
      return false;
    }
    return armed.key === null || armed.key === frame.key;
  }
}
