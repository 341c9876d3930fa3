import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { GUARANTEES } from "../model/guarantee.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { checkers } from "../checker/guarantees.ts";
import { judgeRun } from "../checker/judge.ts";
import { stamped, validBodies } from "../checker/testing/history.ts";
import { savedRuns } from "./testing/runs.ts";
import {
  doubtsOf,
  findingsCount,
  guaranteeSentence,
  headline,
  instrumentSentence,
  limitsSentence,
  outcomesText,
  recoveryText,
  unscopedClaims,
} from "./words.ts";

const home = fileURLToPath(new URL("../../", import.meta.url));
const saved = [...savedRuns.values()];

/** Everything words.ts says of a run. */
function spoken(result: RunResult): string {
  const ofScenario = (scenario: ScenarioResult): readonly string[] => [
    outcomesText(scenario),
    recoveryText(scenario) ?? "",
    ...doubtsOf(scenario),
    ...scenario.guarantees.flatMap((guarantee) => [
      guaranteeSentence(scenario, guarantee),
      ...guarantee.findings.map(({ message }) => message),
    ]),
  ];
  return [
    headline(result),
    limitsSentence(result),
    instrumentSentence(result),
    ...result.scenarios.flatMap(ofScenario),
  ].join("\n\n");
}

const named = (verdict: RunResult["verdict"]): RunResult => {
  const found = saved.find((result) => result.verdict === verdict);
  if (found === undefined) throw new Error(`no saved run that is ${verdict}`);
  return found;
};

describe("sentences carry counts and limits", () => {
  test("a passing run says in how many forced redeliveries nothing was duplicated", () => {
    const result = named("pass");
    const [scenario] = result.scenarios;
    const found = scenario?.guarantees.find(({ id }) => id === "no-duplicate-effects");
    if (scenario === undefined || found === undefined) throw new Error("the saved run changed");
    expect(guaranteeSentence(scenario, found)).toBe(
      "0 duplicate effects in 60 payments, 1 fault, 1 forced redelivery.",
    );
    expect(headline(result)).toMatch(
      /^0 of 60 payments took effect twice, 0 lost; 1 forced redelivery, \d+ records? delivered again in all\.$/,
    );
    expect(limitsSentence(result)).toMatch(/region loss not rehearsed/);
    expect(recoveryText(scenario)).toMatch(/^drained \d+ ms after the last fault/);
  });

  test("a run whose fault never fired claims nothing from its zeros", () => {
    const [scenario] = named("inconclusive").scenarios;
    if (scenario === undefined) throw new Error("the saved run changed");
    expect(doubtsOf(scenario)).not.toEqual([]);
    for (const guarantee of scenario.guarantees) {
      expect(guaranteeSentence(scenario, guarantee)).toMatch(/proves nothing|was not judged/);
    }
  });

  test("findings that the judge only counted are counted", () => {
    const of = (...messages: string[]) => ({
      findings: messages.map((message) => ({
        guarantee: "no-lost-effects" as const,
        key: null,
        message,
        witness: [],
      })),
    });
    expect(findingsCount(of())).toBe(0);
    expect(findingsCount(of("a", "b"))).toBe(2);
    expect(findingsCount(of("a", "b", "no-lost-effects: and 40 more."))).toBe(42);
  });

  test("every guarantee has its sentence", () => {
    const [scenario] = judgeRun(stamped(validBodies()), checkers);
    if (scenario === undefined) throw new Error("nothing was judged");
    for (const id of GUARANTEES) {
      expect(guaranteeSentence(scenario, { id, violated: false, findings: [] })).toMatch(/^0 /);
    }
  });
});

describe("no unscoped promise", () => {
  test.each([
    ["Payments are processed exactly once.", 1],
    ["This is exactly-once delivery", 1],
    ["Delivery is guaranteed.", 1],
    ["The service guarantees that money is safe.", 1],
    ["Fine. But it is guaranteed to work! Fine.", 1],
    ["Nothing here is guaranteed.", 0],
    ["It never says exactly-once without a scope.", 0],
    ["Each took effect exactly once in 37 forced redeliveries.", 0],
    ["0 duplicate charges in 37 forced redeliveries; power loss not rehearsed.", 0],
  ])("%s", (text, count) => {
    expect(unscopedClaims(text)).toHaveLength(count);
  });

  test("generated sentences promise nothing", () => {
    for (const result of saved) expect(unscopedClaims(spoken(result))).toEqual([]);
  });

  const pages = [
    "README.md",
    "CHANGELOG.md",
    "scenarios/README.md",
    "reference-service/README.md",
    "reference-service/variants/README.md",
    ...readdirSync(join(home, "docs"), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".md"))
      .map((name) => join("docs", name)),
  ];
  test.each(pages)("%s promises nothing", (page) => {
    expect(unscopedClaims(readFileSync(join(home, page), "utf8"))).toEqual([]);
  });

  const scenarios = readdirSync(join(home, "scenarios")).filter((name) =>
    name.endsWith(".scenario.ts"),
  );
  test.each(scenarios)("%s promises nothing", (name) => {
    expect(unscopedClaims(readFileSync(join(home, "scenarios", name), "utf8"))).toEqual([]);
  });
});
