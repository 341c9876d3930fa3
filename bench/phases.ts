import type { HistoryEvent } from "../harness/model/history.ts";

/** Milliseconds of each phase of one scenario, in order: from its mark to the next. */
export function phasesOf(
  events: readonly HistoryEvent[],
  scenario: string,
): ReadonlyMap<string, number> {
  const marks = events.filter((event) => event.scenario === scenario && event.stream === "phase");
  return new Map(
    marks
      .slice(0, -1)
      .map((mark, index) => [
        mark.stream === "phase" ? mark.phase : "",
        (marks[index + 1]?.atMs ?? 0) - mark.atMs,
      ]),
  );
}
