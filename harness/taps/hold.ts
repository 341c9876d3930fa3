import type { WireEvent } from "../model/history.ts";
import type { Recorder } from "../ports/basics.ts";
import type { FrameAtBoundary, Gate, HeldFrameDecision } from "../ports/tap.ts";

export interface Meeting extends FrameAtBoundary {
  readonly tag: string | null;
  /** Leaves no event when nobody waits for the frame. */
  readonly isQuiet?: boolean;
}

/**
 * Announces a frame at a boundary to the gate and records what happened to it. Null: nobody waits
 * for it.
 */
export function meetBoundary(
  meeting: Meeting,
  means: { readonly gate: Gate; readonly recorder: Recorder },
): Promise<HeldFrameDecision> | null {
  const note = (action: WireEvent["action"]): void =>
    means.recorder.record(wireOf(meeting, action));
  const { boundary, instance, named, tag } = meeting;
  const held = means.gate.meet({ boundary, instance, named, tag });
  if (held === null) {
    if (named.length > 0 && meeting.isQuiet !== true) note("passed");
    return null;
  }
  if (boundary.endsWith(".acknowledged")) {
    // The answer is on its way: a fault may be placed here, and nothing is held.
    note("passed");
    // The gate has no say in it any more, whatever becomes of the fault.
    void held.catch(() => undefined);
    return null;
  }
  note("held");
  return held
    .catch(() => "drop" as const)
    .then((decision) => {
      note(decision === "drop" ? "dropped" : "released");
      return decision;
    });
}

/** Records an answer by which the server refused: no boundary is reached, so nobody is asked. */
export function noteRefused(meeting: Meeting, recorder: Recorder): void {
  if (meeting.named.length > 0) recorder.record(wireOf(meeting, "refused"));
}

function wireOf(
  { boundary, instance, named, tag }: Meeting,
  action: WireEvent["action"],
): WireEvent {
  return { stream: "wire", boundary, instance, keys: named.map(({ key }) => key), action, tag };
}
