import type { Recovery } from "../model/result.ts";
import type { Evidence } from "./evidence.ts";

/** Times from the last fault fired to the first commit after it and to drained. */
export function recoveryOf(evidence: Evidence): Recovery {
  const fired = evidence.faults.findLast(({ moment }) => moment === "fired");
  if (fired === undefined) return { firstProgressMs: null, drainedMs: null };
  const { progressAtMs } = evidence.wires;
  const drained = evidence.assumptions.find(
    ({ name, holds, seq }) => name === "drained" && holds === true && seq > fired.seq,
  );
  return {
    firstProgressMs: progressAtMs === null ? null : progressAtMs - fired.atMs,
    drainedMs: drained === undefined || !evidence.isDrained ? null : drained.atMs - fired.atMs,
  };
}
