import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { brokenIn } from "../checker/calibrate-judge.ts";
import { judgeRun } from "../checker/judge.ts";
import { mutations } from "../checker/mutations.ts";
import { messageOf } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { seededRandom } from "../workload/random.ts";
import { generatedHistory, type Recipe } from "./generated-history.ts";
import { holds } from "./testing/holds.ts";
import { recipes } from "./testing/recipes.ts";
import { reordered } from "./testing/reordered.ts";

// Work, not waiting: a machine that is busy with other things takes longer.
vi.setConfig({ testTimeout: 30_000 });

type Events = readonly HistoryEvent[];

function judged(history: Events): ScenarioResult {
  const [result] = judgeRun(history);
  if (result === undefined) throw new Error("nothing was judged");
  return result;
}

/** All that may not depend on names, on the order of independent events, or on other scenarios. */
function sayings(result: ScenarioResult) {
  const { verdict, outcomes, exercised } = result;
  const guarantees = result.guarantees.map(({ id, violated, findings }) => ({
    id,
    violated,
    findings: findings.map(({ key, message }) => `${key}: ${message}`).sort(),
  }));
  return { verdict, outcomes, guarantees, redeliveries: exercised.redeliveries };
}

const withFaults = recipes({ faultsMax: 4 });

test("a valid history without a fault never yields a finding", () => {
  holds({
    cases: recipes({ faultsMax: 0 }),
    historyOf: generatedHistory,
    check: (history) => expect(sayings(judged(history))).toMatchObject({ verdict: "pass" }),
  });
});

test("a valid history with survived faults never yields a finding", () => {
  holds({
    cases: withFaults,
    historyOf: generatedHistory,
    check: (history) => expect(brokenIn(judged(history))).toEqual([]),
    numRuns: 150,
  });
});

test("valid histories have redeliveries, takeovers, unknown outcomes, dead letters and zombies", () => {
  const seen = new Set<string>();
  for (const recipe of fc.sample(withFaults, { numRuns: 200, seed: 1 })) {
    const history = generatedHistory(recipe);
    const { exercised, outcomes, zombies = [] } = judged(history);
    if (exercised.redeliveries > 0) seen.add("redelivery");
    if (outcomes.recovered > 0) seen.add("recovered");
    if (zombies.length > 0) seen.add("zombie");
    for (const event of history) {
      if (event.stream === "effect" && event.table === "dead_letters") seen.add("dead letter");
      if (event.stream === "call" && event.moment === "looked-up") seen.add("unknown call");
      if (event.stream === "fault") seen.add(event.faultId);
      if (event.stream === "intent" && event.isCopy === true) seen.add("copy");
    }
  }
  expect([...seen].sort()).toEqual([
    "copy",
    "crash",
    "dead letter",
    "expired-lease",
    "late-call",
    "lost-answer",
    "lost-request",
    "rebalance",
    "recovered",
    "redelivery",
    "refused-statement",
    "unknown call",
    "zombie",
  ]);
});

test.each(mutations)("$id, anywhere: exactly $breaks", ({ mutate, breaks }) => {
  let tried = 0;
  holds({
    cases: fc.record({ recipe: withFaults, nth: fc.nat(1_000) }),
    historyOf: ({ recipe, nth }) => mutate(generatedHistory(recipe), nth),
    check: (history) => {
      tried += 1;
      expect(brokenIn(judged(history)).sort()).toEqual([...breaks].sort());
    },
    numRuns: 40,
  });
  expect(tried).toBeGreaterThan(0);
});

/** A valid history, or one with a mutation in it: what is broken may not change either. */
const anyCaseMutation = fc.option(fc.constantFrom(...mutations));
const anyCase = fc.record({
  recipe: withFaults,
  mutation: anyCaseMutation,
  seed: fc.nat(),
});
const historyOf = (instance: {
  readonly recipe: Recipe;
  readonly mutation: (typeof mutations)[number] | null;
}): Events => {
  const valid = generatedHistory(instance.recipe);
  return instance.mutation?.mutate(valid, 0) ?? valid;
};

test("shuffling what has nothing to do with each other changes nothing", () => {
  let moved = 0;
  holds({
    cases: anyCase,
    historyOf,
    check: (history, { seed }) => {
      const random = seededRandom(seed);
      const shuffled = reordered(history, (below) => random.integer(0, below));
      if (shuffled.some((event, at) => event.stream !== history[at]?.stream)) moved += 1;
      expect(sayings(judged(shuffled))).toEqual(sayings(judged(history)));
    },
  });
  expect(moved).toBeGreaterThan(0);
});

test("a history that stops early passes nothing, and breaks nothing that the whole one does not", () => {
  let cutViolations = 0;
  holds({
    cases: fc.record({ recipe: withFaults, mutation: anyCaseMutation, cut: fc.nat(10_000) }),
    historyOf,
    check: (history, { cut }) => {
      const whole = sayings(judged(history)).guarantees;
      const length = 1 + (cut % (history.length - 1));
      const prefix = judged(history.slice(0, length));
      const found = brokenIn(prefix);
      if (found.length > 0) cutViolations += 1;
      expect(prefix.verdict).toBe(found.length > 0 ? "violated" : "inconclusive");
      for (const { id, findings } of sayings(prefix).guarantees)
        for (const finding of findings)
          expect(whole.find((each) => each.id === id)?.findings.map(keyOf), id).toContain(
            keyOf(finding),
          );
    },
    numRuns: 400,
  });
  expect(cutViolations).toBeGreaterThan(0);
});

const keyOf = (finding: string): string => finding.split(":")[0] ?? "";

test("other names of instances change nothing but the names", () => {
  holds({
    cases: anyCase,
    historyOf,
    check: (history) => {
      const renamed = (text: string): string =>
        text.replaceAll("consumer-1", "pod-z").replaceAll("consumer-2", "pod-a");
      const others = JSON.parse(renamed(JSON.stringify(history))) as Events;
      const before = renamed(JSON.stringify(sayings(judged(history))));
      expect(sayings(judged(others))).toEqual(
        sorted(JSON.parse(before) as ReturnType<typeof sayings>),
      );
    },
  });
});

/** Findings are compared sorted, and other names sort differently. */
function sorted(said: ReturnType<typeof sayings>): ReturnType<typeof sayings> {
  const guarantees = said.guarantees.map(({ findings, ...rest }) => ({
    ...rest,
    findings: findings.toSorted(),
  }));
  return { ...said, guarantees };
}

test("scenarios that share a journal, cut into each other anywhere, are judged as if each were alone", () => {
  holds({
    cases: fc.record({ one: anyCase, other: anyCase, seed: fc.nat() }),
    historyOf: ({ one, other, seed }) => {
      const waiting = [named(historyOf(one), "one"), named(historyOf(other), "other")];
      const random = seededRandom(seed);
      const merged: HistoryEvent[] = [];
      while (waiting.some(({ length }) => length > 0)) {
        const [a, b] = waiting;
        const next = (b?.length === 0 || random.integer(0, 1) === 0 ? a : b)?.shift();
        if (next !== undefined) merged.push(next);
      }
      return merged;
    },
    check: (merged, { one, other }) => {
      const alone = [named(historyOf(one), "one"), named(historyOf(other), "other")].map(judged);
      const together = [...judgeRun(merged)].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(together).toEqual(alone);
    },
    numRuns: 30,
  });
});

function named(history: Events, scenario: string): HistoryEvent[] {
  return history.map((event) =>
    event.stream === "header" ? { ...event, scenario, id: scenario } : { ...event, scenario },
  );
}

test("a claim that fails leaves its smallest history as a folder that can be judged again", () => {
  const said = messageOfFailure(() =>
    holds({
      cases: withFaults,
      historyOf: generatedHistory,
      check: (history) => expect(judged(history).outcomes.expected).toBeLessThan(3),
      numRuns: 200,
    }),
  );
  expect(said).toMatch(/Shrunk \d+ times to \d+ events: \S+gameday-counterexample-/);
  const folder = /events: (\S+)/.exec(said)?.[1] ?? "";
  const journal = gunzipSync(readFileSync(join(folder, "journal.ndjson.gz"))).toString("utf8");
  const stored = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as RunResult;
  rmSync(folder, { recursive: true });
  const history = journal
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryEvent);
  expect(stored.scenarios.map(({ outcomes }) => outcomes.expected)).toEqual([3]);
  expect(sayings(judged(history))).toEqual(sayings(stored.scenarios[0] ?? judged([])));
  expect(history.some(({ stream }) => stream === "fault")).toBe(false);
});

function messageOfFailure(claim: () => void): string {
  try {
    claim();
  } catch (error) {
    return messageOf(error);
  }
  return "it held";
}
