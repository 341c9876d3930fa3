import type { CallEvent, EventBase, FaultEvent, FrameMet } from "../model/history.ts";
import type { HeldFrameFate, PlannedFault } from "../model/run-header.ts";
import type { Evidence } from "./evidence.ts";

type Fired = FaultEvent & EventBase & { readonly frame: FrameMet };

/**
 * Why an `intercept` has not happened: it is nothing but the held frame's own fate, so the ledger of
 * the API, or the wire, must show that fate. Empty for other faults, and for histories that do not
 * say which fate was planned.
 */
export function fateReasons(
  evidence: Evidence,
  fault: PlannedFault,
  fired: FaultEvent & EventBase,
): readonly string[] {
  const { heldFrame } = fault;
  if (fault.fault !== "intercept" || heldFrame === undefined || fired.frame === null) return [];
  const met = { ...fired, frame: fired.frame };
  const isCall = fault.boundary.startsWith("http.") && heldFrame !== "release";
  return isCall ? callReasons(evidence, met, heldFrame) : wireReasons(evidence, met, heldFrame);
}

function wireReasons(
  { fates }: Evidence,
  { seq, frame }: Fired,
  heldFrame: HeldFrameFate,
): readonly string[] {
  const wanted = heldFrame === "drop" ? "dropped" : "released";
  const isSeen = fates.some(
    (wire) =>
      wire.seq > seq &&
      wire.action === wanted &&
      wire.boundary === frame.boundary &&
      wire.instance === frame.instance &&
      (frame.key === null || wire.keys.includes(frame.key)),
  );
  return isSeen ? [] : [`was to see ${frame.boundary} ${wanted}, and the wire does not show it`];
}

function callReasons(
  { metCalls: calls }: Evidence,
  { seq, frame }: Fired,
  heldFrame: HeldFrameFate,
): readonly string[] {
  // The call that met the trigger is the last one that came this far before it.
  const met = calls.findLast(
    (call) =>
      call.seq < seq &&
      call.instance === frame.instance &&
      call.key === frame.key &&
      call.moment === (frame.boundary.endsWith(".requested") ? "received" : "applied"),
  );
  if (met === undefined) return [`met a call for ${frame.key ?? "no key"} that nobody received`];
  const ofCall = calls.filter(({ callId }) => callId === met.callId);
  const problem = callProblem(ofCall, heldFrame, frame.boundary.endsWith(".requested"));
  return problem === null ? [] : [`was to ${heldFrame} ${met.callId}: ${problem}`];
}

/** What is wrong with the call, given its fate; null when the ledger shows exactly that fate. */
function callProblem(
  ofCall: readonly (CallEvent & EventBase)[],
  heldFrame: HeldFrameFate,
  isRequest: boolean,
): string | null {
  const seqOf = (moment: CallEvent["moment"]): readonly number[] =>
    ofCall.filter((call) => call.moment === moment).map(({ seq }) => seq);
  const applied = seqOf("applied");
  const [abandoned] = seqOf("abandoned");
  switch (heldFrame) {
    case "release":
      return null;
    case "drop":
      if (abandoned === undefined) return "its caller never gave up";
      if (isRequest) return applied.length === 0 ? null : "it was applied";
      return seqOf("answered").length === 0 ? null : "it was answered";
    case "apply-late":
      if (abandoned === undefined) return "its caller never gave up";
      return applied.some((seq) => seq > abandoned)
        ? null
        : "it was not applied after its caller gave up";
    case "apply-twice":
      return applied.length === 2 ? null : `it was applied ${applied.length} times`;
    case "answer-500":
    case "answer-503":
    case "answer-409": {
      if (applied.length > 0) return "it was applied";
      const wanted = Number(heldFrame.slice("answer-".length));
      const isAnswered = ofCall.some(
        ({ status, moment }) => moment === "answered" && status === wanted,
      );
      return isAnswered ? null : `it was not answered ${wanted}`;
    }
  }
}
