import { ASSUMPTIONS } from "../model/history.ts";
import type { AssumptionResult } from "../model/result.ts";
import { placeText, type Evidence } from "./evidence.ts";

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
  const counts = new Map<string, number>();
  const places = new Set<string>();
  const note = (id: string, by: number): void => {
    counts.set(id, (counts.get(id) ?? 0) + by);
  };
  for (const { eventId, key, position } of evidence.inputLog) {
    note(`${eventId} ${key}`, 1);
    places.add(`${eventId} ${placeText(position)}`);
  }
  // What was sent twice on purpose is no anomaly of the producer.
  for (const { eventId, key } of evidence.copies) note(`${eventId} ${key}`, -1);
  const doubled = [...counts].filter(([, count]) => count > 1).map(([eventId]) => eventId);
  const missing = evidence.intents.filter(
    ({ eventId, position }) =>
      position !== "unknown" && !places.has(`${eventId} ${placeText(position)}`),
  );
  if (doubled.length === 0 && missing.length === 0) {
    return { name, holds: true, detail: `${evidence.inputLog.length} records, each event once` };
  }
  const detail = `${doubled.length} events stored twice, ${missing.length} acknowledged events not on the log`;
  return { name, holds: false, detail };
}
