import { describe, expect, test } from "vitest";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { compareRuns } from "./compare.ts";
import { median, timingChange } from "./noise.ts";
import { savedRun } from "./testing/runs.ts";
import { trendsOf } from "./trend.ts";

const good = savedRun("pass");
const broken = savedRun("no-duplicate-effects");

/** `good` run once for each of these recoveries, as --repeat-each would. */
function recovering(...drained: readonly number[]): RunResult {
  const [first] = good.scenarios;
  if (first === undefined) throw new Error("the saved run changed");
  const scenarios = drained.map((drainedMs, index): ScenarioResult => ({
    ...first,
    id: `${first.id}.${index + 1}`,
    recovery: { ...first.recovery, firstProgressMs: null, drainedMs },
  }));
  return { ...good, scenarios };
}

const texts = (before: RunResult, after: RunResult, effect: string): readonly string[] =>
  compareRuns(before, after)
    .changes.filter((change) => change.effect === effect)
    .map(({ text }) => text);

describe("compare", () => {
  test("a good and a broken run: the regression is named", () => {
    expect(texts(good, broken, "regression")).toEqual([
      "pass -> violated",
      "no-duplicate-effects: holds -> broken",
      "duplicated: 0 of 60 -> 1 of 60 payments",
    ]);
    expect(compareRuns(good, broken).notes).toContain("variant differs: none, no-dedup");
  });

  test("the other way round they are improvements", () => {
    expect(texts(broken, good, "regression")).toEqual([]);
    expect(texts(broken, good, "improvement")).toHaveLength(3);
  });

  test("a run and itself: nothing changed", () => {
    expect(compareRuns(good, good)).toMatchObject({ changes: [], noise: 0, notes: [] });
  });

  test("less known than before is a regression", () => {
    const unknown = savedRun("inconclusive-never-fired");
    expect(texts(good, unknown, "regression")).toContain("pass -> inconclusive");
  });

  test("a scenario that is gone is no improvement", () => {
    expect(texts(broken, { ...good, scenarios: [] }, "unclear")).toEqual([
      "was rehearsed before and is not now: nothing is known of it",
    ]);
  });

  test("one violation in repeated runs is a regression", () => {
    const flaky = { ...recovering(100, 100), scenarios: [...recovering(100).scenarios] };
    const worse = broken.scenarios.map((each) => ({ ...each, id: `${each.id}.2` }));
    const after = { ...flaky, scenarios: [...flaky.scenarios, ...worse] };
    expect(texts(recovering(100, 100), after, "regression")).toContain("pass -> violated");
  });

  test("single runs far apart are said to be possibly noise, near ones are noise", () => {
    expect(texts(recovering(500), recovering(2_000), "unclear")).toEqual([
      "drained slower: 500 -> 2000 ms (+300 %); fewer than 3 runs a side, may be noise",
    ]);
    expect(compareRuns(recovering(500), recovering(560))).toMatchObject({ changes: [], noise: 1 });
  });

  test("repeated runs whose ranges are apart are a regression, overlapping ones are noise", () => {
    expect(texts(recovering(500, 510, 520), recovering(700, 710, 720), "regression")).toEqual([
      "drained slower: 510 -> 710 ms (+39 %)",
    ]);
    expect(texts(recovering(500, 510, 800), recovering(700, 710, 720), "regression")).toEqual([]);
  });
});

describe("noise", () => {
  test.each<[string, number[], number[], string | undefined]>([
    ["nothing measured", [], [1], undefined],
    ["the same", [5], [5], "noise"],
    ["100 ms more of 1 s, once", [1_000], [1_100], "noise"],
    ["twice as slow, once", [1_000], [2_000], "slower"],
    ["twice as slow but tiny", [10], [20], "noise"],
    ["faster, repeated", [300, 310, 320], [100, 110, 120], "faster"],
    ["apart but by little", [300, 301, 302], [303, 304, 305], "noise"],
  ])("%s", (_, before, after, kind) => {
    expect(timingChange(before, after)?.kind).toBe(kind);
  });

  test("the median of an even count is one that was measured", () => {
    expect(median([4, 1, 3, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });
});

describe("history", () => {
  test("counts verdicts per scenario and variant, oldest first", () => {
    const [careful, twin] = trendsOf([good, broken, good]);
    expect(careful).toMatchObject({ variant: null, verdicts: ["pass", "pass"], pass: 2 });
    expect(twin).toMatchObject({ variant: "no-dedup", violated: 1, remarks: [] });
  });

  const asCareful = (run: RunResult): RunResult => ({
    ...run,
    scenarios: run.scenarios.map((each) => ({ ...each, variant: null })),
  });

  test("a violation after passes is newly violated; both ways is no luck to be told apart", () => {
    expect(trendsOf([good, asCareful(broken)])[0]?.remarks).toContain("newly violated");
    const mixed = trendsOf([good, asCareful(broken), good])[0]?.remarks.join();
    expect(mixed).toMatch(/violated and passed with the same gameday/);
    expect(mixed).toMatch(/passes again/);
  });

  test("a shard and the run it was merged into are one run", () => {
    const merged = { ...good, runId: "merged", mergedFrom: [good.runId] };
    expect(trendsOf([good, merged])[0]?.verdicts).toEqual(["pass"]);
  });

  test("a recovery far slower than before is remarked", () => {
    const remarks = trendsOf([recovering(300, 310, 320, 2_000)])[0]?.remarks;
    expect(remarks).toEqual(["recovery slower: 310 -> 2000 ms (+545 %)"]);
  });
});
