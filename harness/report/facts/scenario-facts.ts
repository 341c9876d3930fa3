import { recordedOf, type Recorded } from "./recorded.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { ScenarioResult } from "../../model/result.ts";
import type { StoredRun } from "../stored-run.ts";
import { faultsOf, type FaultFact } from "./faults.ts";
import type { Span } from "./span.ts";
import { currencyOf, paymentsOf, type Payment } from "./payments.ts";

/** Everything the reports tell of one scenario run: the judge's result and what its journal shows. */
export interface ScenarioFacts {
  /** Safe for element ids: made from the place in the run, never from data. */
  readonly slug: string;
  readonly result: ScenarioResult;
  /** Null when the journal says nothing of it. */
  readonly evidence: Recorded | null;
  readonly payments: readonly Payment[];
  readonly faults: readonly FaultFact[];
  readonly span: Span | null;
  readonly currency: string | null;
}

/** Facts of every scenario of a run, in the order of its result. */
export function factsOf({ result, events }: StoredRun): readonly ScenarioFacts[] {
  const groups = Map.groupBy(events, ({ scenario }) => scenario);
  return result.scenarios.map((scenario, index) => {
    const evidence = recordedOf(groups.get(scenario.id) ?? []);
    const span = evidence === null ? null : spanOf(evidence.events);
    return {
      slug: `s${index + 1}`,
      result: scenario,
      evidence,
      payments: evidence === null ? [] : paymentsOf(evidence),
      faults: evidence === null || span === null ? [] : faultsOf(evidence, span),
      span,
      currency: evidence === null ? null : currencyOf(evidence),
    };
  });
}

/** From the first process to the moment evidence was collected (or the last event of a crash). */
function spanOf(events: readonly HistoryEvent[]): Span | null {
  const start = events.find(({ stream }) => stream === "process" || stream === "intent");
  const end =
    events.find((event) => event.stream === "phase" && event.phase === "collect") ?? events.at(-1);
  if (start === undefined || end === undefined || end.atMs <= start.atMs) return null;
  return { startMs: start.atMs, endMs: end.atMs };
}
