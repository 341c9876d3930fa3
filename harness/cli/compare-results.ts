import type { RunResult, ScenarioResult } from "../model/result.ts";

/**
 * Where two runs of the same scenarios and seed judge differently, in words: verdicts, what each
 * guarantee came to, and outcomes per payment. Times and counts of repeats may differ.
 */
export function differencesOf(a: RunResult, b: RunResult): readonly string[] {
  const ids = new Set([...a.scenarios, ...b.scenarios].map(({ id }) => id));
  if (ids.size === 0) return ["neither run has judged a scenario"];
  return [...ids].flatMap((id) => {
    const [left, right] = [a, b].map((run) => run.scenarios.find((one) => one.id === id));
    if (left === undefined || right === undefined) {
      return [`${id} was judged only on ${left === undefined ? b.stack : a.stack}`];
    }
    const [of, other] = [factsOf(left), factsOf(right)];
    return Object.keys({ ...of, ...other })
      .filter((name) => of[name] !== other[name])
      .map((name) => {
        const [mine = "nothing", yours = "nothing"] = [of[name], other[name]];
        return `${id}: ${name} is ${mine} on ${a.stack}, ${yours} on ${b.stack}`;
      });
  });
}

function factsOf({ verdict, guarantees, outcomes }: ScenarioResult): Record<string, string> {
  return {
    verdict,
    ...Object.fromEntries(
      guarantees.map(({ id, violated }) => [`violated ${id}`, String(violated)]),
    ),
    ...Object.fromEntries(
      Object.entries(outcomes).map(([name, count]) => [`outcome ${name}`, String(count)]),
    ),
  };
}
