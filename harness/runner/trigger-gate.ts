import type { FrameMet } from "../model/history.ts";
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

  meet(frame: FrameMet): Promise<HeldFrameDecision> | null {
    for (const [armed, seen] of this.waiting) {
      if (!matches(armed, frame)) continue;
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
}

function matches(armed: ArmedFault, frame: FrameMet): boolean {
  const { at } = armed.spec;
  if (at.boundary !== frame.boundary) return false;
  if (at.match?.instance !== undefined && at.match.instance !== frame.instance) return false;
  return armed.key === null || armed.key === frame.key;
}
