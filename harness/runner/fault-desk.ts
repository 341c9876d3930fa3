import { messageOf } from "../model/errors.ts";
import type { FrameMet, HistoryEvent, Position } from "../model/history.ts";
import type { HeldFrameDecision } from "../ports/tap.ts";
import { kill } from "../faults/kill.ts";
import type { Instances } from "./instances.ts";
import type { OpenLinks } from "./instance-links.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import type { ArmedFault } from "./trigger-gate.ts";

/** A restart waits this long for a survivor to take over, so that it cannot get its partition back first. */
const TAKEOVER_DEADLINE_MS = 3_000;
const SESSION_TAKEOVER_DEADLINE_MS = 15_000;

/** Carries out faults at their triggers and heals them; everything it does is evidence. */
export class FaultDesk {
  private readonly context: ScenarioContext;
  private readonly links: OpenLinks;
  private readonly instances: () => Instances;
  private readonly heals: Promise<void>[] = [];

  constructor(context: ScenarioContext, links: OpenLinks, instances: () => Instances) {
    this.context = context;
    this.links = links;
    this.instances = instances;
  }

  /** Settles with the fate of the held frame, once the fault is confirmed. */
  async carryOut(armed: ArmedFault, frame: FrameMet): Promise<HeldFrameDecision> {
    this.note(
      armed,
      "fired",
      `met ${frame.boundary} of ${frame.key ?? "an unnamed conversation"}`,
      frame,
    );
    try {
      const memberId = this.links.of(frame.instance).kafka.tap.memberId();
      const takeover = this.takeoverFrom(frame);
      const evidence = await kill(this.instances().expectExit(frame.instance, "SIGKILL"));
      this.note(armed, "confirmed", evidence, frame);
      this.heals.push(this.heal(armed, frame, { memberId, takeover }));
      return armed.spec.heldFrame;
    } catch (error) {
      this.note(armed, "failed", messageOf(error), frame);
      return "drop";
    }
  }

  /** Waits until every fault that fired is healed and its heal verified. */
  async healed(): Promise<void> {
    await Promise.all(this.heals);
  }

  private async heal(
    armed: ArmedFault,
    frame: FrameMet,
    dead: { readonly memberId: string | null; readonly takeover: Promise<string> },
  ): Promise<void> {
    try {
      await this.evict(frame.instance, dead.memberId);
      const takeover = await dead.takeover;
      if (!armed.spec.restart || this.context.environment.signal.aborted) {
        this.note(armed, "healed", `${takeover}; ${frame.instance} is left out`, frame);
        return this.note(armed, "heal-verified", "no restart asked for", frame);
      }
      this.note(armed, "healed", `${takeover}; starting ${frame.instance} again`, frame);
      await this.instances().start(frame.instance);
      this.note(armed, "heal-verified", `${frame.instance} answers its health path`, frame);
    } catch (error) {
      this.note(armed, "failed", `heal: ${messageOf(error)}`, frame);
    }
  }

  private async evict(instance: string, memberId: string | null): Promise<void> {
    const { request, stack, recorder, header } = this.context;
    if (memberId === null) return;
    if (request.eviction === "harness-leave-group")
      await stack.broker.evict(header.group, memberId);
    recorder.record({
      stream: "membership",
      instance,
      kind: "evicted",
      memberId,
      eviction: request.eviction,
    });
  }

  /** Resolves once another instance got a record of the frame's partition, or the deadline passed. */
  private takeoverFrom(frame: FrameMet): Promise<string> {
    const deadlineMs =
      this.context.request.eviction === "session-timeout"
        ? SESSION_TAKEOVER_DEADLINE_MS
        : TAKEOVER_DEADLINE_MS;
    return new Promise((resolve) => {
      const finish = (text: string): void => {
        clearTimeout(timer);
        stopListening();
        resolve(text);
      };
      const timer = setTimeout(
        () => finish(`no other instance took over within ${deadlineMs} ms`),
        deadlineMs,
      );
      const position = this.positionOf(frame);
      const stopListening = this.context.journal.listen((event) => {
        const taker = takerOf(event, frame.instance, position);
        if (taker !== null) finish(`${taker} took over`);
      });
    });
  }

  private positionOf(frame: FrameMet): Position | null {
    if (frame.position !== null) return frame.position;
    const delivered = this.context.journal
      .events()
      .find(
        (event) =>
          event.stream === "delivery" &&
          event.scenario === this.context.scenario.id &&
          event.key === frame.key,
      );
    return delivered?.stream === "delivery" ? delivered.position : null;
  }

  private note(
    armed: ArmedFault,
    moment: "fired" | "confirmed" | "failed" | "healed" | "heal-verified",
    detail: string,
    frame: FrameMet,
  ): void {
    const { recorder, environment } = this.context;
    recorder.record({
      stream: "fault",
      faultId: armed.spec.id,
      moment,
      instance: frame.instance,
      frame: moment === "fired" ? { ...frame, position: this.positionOf(frame) } : null,
      detail,
    });
    environment.progress(`${armed.spec.id}: ${moment}: ${detail}`);
  }
}

function takerOf(event: HistoryEvent, victim: string, position: Position | null): string | null {
  if (event.stream !== "delivery" || event.instance === victim) return null;
  if (position === null) return event.attempt > 1 ? event.instance : null;
  const { topic, partition, offset } = event.position;
  const isTaken =
    topic === position.topic && partition === position.partition && offset >= position.offset;
  return isTaken ? event.instance : null;
}
