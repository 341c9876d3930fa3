import { inject } from "../faults/index.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { FaultMoment, FrameMet } from "../model/history.ts";
import type { Injection } from "../ports/fault.ts";
import type { HeldFrameDecision } from "../ports/tap.ts";
import { createFaultField, type FaultMeans } from "./fault-field.ts";
import { positionOf } from "./in-flight-record.ts";
import type { ArmedFault } from "./trigger-gate.ts";

/** Carries out faults at their triggers and heals them; everything it does is evidence. */
export class FaultDesk {
  private readonly options: FaultMeans;
  private readonly heals: Promise<void>[] = [];
  /** Faults that were or are being carried out: a subject may have given its held frame up meanwhile. */
  private readonly underWay: Promise<unknown>[] = [];
  private healing = 0;

  constructor(options: FaultMeans) {
    this.options = options;
  }

  /** Settles with the fate of the held frame, once the fault is confirmed. */
  carryOut(armed: ArmedFault, frame: FrameMet): Promise<HeldFrameDecision> {
    const decision = this.doAt(armed, frame);
    this.underWay.push(decision);
    return decision;
  }

  private async doAt(armed: ArmedFault, frame: FrameMet): Promise<HeldFrameDecision> {
    const met = `met ${frame.boundary} of ${frame.key ?? "an unnamed conversation"}`;
    this.note(armed, { moment: "fired", detail: met, frame });
    let injection: Injection | null = null;
    try {
      injection = inject(armed.spec, createFaultField(this.options, frame));
      this.note(armed, { moment: "confirmed", detail: await injection.carryOut(), frame });
      return armed.spec.heldFrame;
    } catch (error) {
      this.note(armed, { moment: "failed", detail: messageOf(error), frame });
      return "drop";
    } finally {
      // Whatever was done half-way is undone as well.
      if (injection !== null) this.heals.push(this.heal(armed, frame, injection));
    }
  }

  /** True while a fault that fired is not over. */
  isHealing(): boolean {
    return this.healing > 0;
  }

  /** Waits until every fault that fired is healed and its heal verified. */
  async healed(): Promise<void> {
    // A heal may let a later fault fire, whose heal is then waited for as well.
    const count = (): number => this.underWay.length + this.heals.length;
    for (let waited = 0; waited < count();) {
      waited = count();
      await Promise.all([...this.underWay, ...this.heals]);
    }
  }

  private async heal(armed: ArmedFault, frame: FrameMet, injection: Injection): Promise<void> {
    this.healing += 1;
    await this.step(armed, frame, { moment: "healed", act: () => injection.heal() });
    // Asked also after a heal that failed: it may have waited in vain, and undone everything.
    await this.step(armed, frame, { moment: "heal-verified", act: () => injection.verify() });
    this.healing -= 1;
  }

  private async step(
    armed: ArmedFault,
    frame: FrameMet,
    { moment, act }: { readonly moment: FaultMoment; readonly act: () => Promise<string> },
  ): Promise<void> {
    try {
      this.note(armed, { moment, detail: await act(), frame });
    } catch (error) {
      const isInterrupted = error instanceof HarnessError && error.code === "interrupted";
      // The run is not judged further: that this could not be seen is said by its end.
      if (isInterrupted) return;
      this.note(armed, { moment: "failed", detail: `${moment}: ${messageOf(error)}`, frame });
    }
  }

  private note(
    armed: ArmedFault,
    said: { readonly moment: FaultMoment; readonly detail: string; readonly frame: FrameMet },
  ): void {
    const { context } = this.options;
    const { moment, detail, frame } = said;
    context.recorder.record({
      stream: "fault",
      faultId: armed.spec.id,
      moment,
      instance: frame.instance,
      frame: moment === "fired" ? { ...frame, position: positionOf(context, frame) } : null,
      detail,
    });
    context.environment.progress(`${context.scenario.id}: ${armed.spec.id}: ${moment}: ${detail}`);
    this.options.onMoment(armed.spec.id, moment, frame.instance);
  }
}
