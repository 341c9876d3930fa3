import type { BoundaryName } from "../model/boundary.ts";
import type { Recorder } from "../ports/basics.ts";
import type { Gate, HeldFrameDecision } from "../ports/tap.ts";

export interface Named {
  readonly key: string;
  readonly eventId: string;
}

export interface Meeting {
  readonly boundary: BoundaryName;
  readonly instance: string;
  readonly named: readonly Named[];
  readonly tag: string | null;
  /** Leaves no event when nobody waits for the frame. */
  readonly isQuiet?: boolean;
}

/**
 * Announces a boundary to the gate, once per business key it is attributed to, and records what
 * happened to the frame. Null: nobody waits for it.
 */
export function meetBoundary(
  meeting: Meeting,
  means: { readonly gate: Gate; readonly recorder: Recorder },
): Promise<HeldFrameDecision> | null {
  const note = (action: "passed" | "held" | "dropped" | "released"): void =>
    means.recorder.record({
      stream: "wire",
      boundary: meeting.boundary,
      instance: meeting.instance,
      keys: meeting.named.map(({ key }) => key),
      action,
      tag: meeting.tag,
    });
  const held = askGate(meeting, means.gate);
  if (held === null) {
    if (meeting.named.length > 0 && meeting.isQuiet !== true) note("passed");
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

function askGate(meeting: Meeting, gate: Gate): Promise<HeldFrameDecision> | null {
  const { boundary, instance } = meeting;
  const frame = { boundary, instance, position: null };
  if (meeting.named.length === 0) return gate.meet({ ...frame, key: null, eventId: null });
  const held = meeting.named.flatMap(({ key, eventId }) => {
    const each = gate.meet({ ...frame, key, eventId });
    return each === null ? [] : [each];
  });
  return held.length === 0 ? null : Promise.all(held).then(strongest);
}

/** One frame may meet several triggers: it is dropped when one of them says so. */
function strongest(fates: readonly HeldFrameDecision[]): HeldFrameDecision {
  return (
    fates.find((fate) => fate === "drop") ?? fates.find((fate) => fate !== "release") ?? "release"
  );
}
