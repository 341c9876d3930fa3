import type { ControlResult } from "../model/calibration.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { ScenarioResult } from "../model/result.ts";
import type { Checker } from "./check.ts";
import { checkers } from "./guarantees.ts";
import { judgeRun } from "./judge.ts";
import { mutations } from "./mutations.ts";

/**
 * Changes a good history in known ways; each change must break exactly what it says. A checker that
 * has lost its body turns its change's line red.
 */
export function judgeControls(
  history: readonly HistoryEvent[],
  by: readonly Checker[] = checkers,
): readonly ControlResult[] {
  return mutations.map(({ id, breaks, mutate }) => {
    const changed = mutate(history);
    const judged = changed === null ? undefined : judgeRun(changed, by)[0];
    const found = judged === undefined ? [] : brokenIn(judged);
    const [expected, got] = [breaks, found].map((ids) => [...ids].sort().join(", "));
    return { id, expected: expected ?? "", got: got ?? "", isAsStated: expected === got };
  });
}

/** The guarantees a scenario was found to break. */
export function brokenIn({ guarantees }: ScenarioResult): ScenarioResult["guarantees"][0]["id"][] {
  return guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : []));
}
