import { ASSUMPTIONS } from "../model/history.ts";
import type { AssumptionResult } from "../model/result.ts";
import type { Evidence } from "./evidence.ts";
import { Places } from "./places.ts";

/** What the verdict rests on. What was never established does not hold. */
export function assumptionsOf(evidence: Evidence): readonly AssumptionResult[] {
  return ASSUMPTIONS.flatMap((name): readonly AssumptionResult[] => {
    if (name === "input-log-clean") return [inputLogClean(evidence)];
    const recorded = evidence.assumptions.filter((event) => event.name === name);
    const broken = name === "drained" ? undefined : recorded.find(({ holds }) => holds !== true);
    const decisive = broken ?? recorded.at(-1);
    if (decisive !== undefined) return [{ name, holds: decisive.holds, detail: decisive.detail }];
    // Histories from before it was recorded say nothing about it.
    return name === "stack-sound" ? [] : [{ name, holds: null, detail: "not established" }];
  });
}

/** Each acknowledged intent is on the log once, at its place: else the producer is to blame. */
function inputLogClean(evidence: Evidence): AssumptionResult {
  const name = "input-log-clean";
  const doubled = doubledOnLog(evidence);
  const missing = notOnLog(evidence);
  if (doubled === 0 && missing === 0) {
    return { name, holds: true, detail: `${evidence.inputLog.length} records, each event once` };
  }
  const detail = `${doubled} events stored twice, ${missing} acknowledged events not on the log`;
  return { name, holds: false, detail };
}

/** What was sent twice on purpose is no anomaly of the producer. */
function doubledOnLog({ inputLog, onLog, copies }: Evidence): number {
  if (onLog === inputLog.length && copies.length === 0) return 0;
  const counts = new Map<string, number>();
  const note = (id: string, by: number): void => {
    counts.set(id, (counts.get(id) ?? 0) + by);
  };
  for (const { eventId, key } of inputLog) note(`${eventId} ${key}`, 1);
  for (const { eventId, key } of copies) note(`${eventId} ${key}`, -1);
  return [...counts.values()].filter((count) => count > 1).length;
}

function notOnLog({ inputLog, intents }: Evidence): number {
  const places = new Places<string | null>();
  for (const { eventId, position } of inputLog) places.set(position, eventId);
  return intents.filter(
    ({ eventId, position }) => position !== "unknown" && places.get(position) !== eventId,
  ).length;
}
