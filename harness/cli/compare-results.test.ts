import { expect, test } from "vitest";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { differencesOf } from "./compare-results.ts";

const outcomes = { expected: 2, once: 2, duplicated: 0, lost: 0 };
const scenario = {
  id: "baseline",
  verdict: "pass",
  durationMs: 1,
  outcomes,
  guarantees: [{ id: "no-lost-effects", violated: false, findings: [] }],
};
// Only what is compared is filled in.
const run = (stack: string, ...scenarios: object[]): RunResult =>
  ({ stack, scenarios: scenarios as ScenarioResult[] }) as unknown as RunResult;

test("equal judgements have no difference, whatever the times", () => {
  const slower = { ...scenario, durationMs: 9_000 };
  expect(differencesOf(run("local", scenario), run("docker", slower))).toEqual([]);
});

test.each([
  [{ verdict: "inconclusive" }, "baseline: verdict is pass on local, inconclusive on docker"],
  [
    { outcomes: { ...outcomes, once: 1, duplicated: 1 } },
    "baseline: outcome once is 2 on local, 1 on docker",
  ],
  [
    { guarantees: [{ id: "no-lost-effects", violated: null, findings: [] }] },
    "baseline: violated no-lost-effects is false on local, null on docker",
  ],
])("a change of %o is a difference", (change, words) => {
  const other = { ...scenario, ...change };
  expect(differencesOf(run("local", scenario), run("docker", other))).toContain(words);
});

test("a scenario that one run has not judged is a difference, and so are two empty runs", () => {
  expect(differencesOf(run("local", scenario), run("docker"))).toEqual([
    "baseline was judged only on local",
  ]);
  expect(differencesOf(run("local"), run("docker"))).toHaveLength(1);
});
