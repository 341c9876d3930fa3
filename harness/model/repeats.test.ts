import { expect, test } from "vitest";
import type { ScenarioResult } from "./result.ts";
import { baseIdOf, repeatsOf } from "./repeats.ts";

const ended = (id: string, verdict: ScenarioResult["verdict"]) =>
  ({ id, verdict }) as ScenarioResult;

test("k of n: a violation among passes is counted, never hidden", () => {
  const results = [
    ended("a.1", "pass"),
    ended("a.2", "violated"),
    ended("a.3", "pass"),
    ended("a.4", "inconclusive"),
    ended("b.1", "pass"),
    ended("once", "violated"),
  ];
  expect(repeatsOf(results)).toEqual([
    { id: "a", runs: 4, pass: 2, violated: 1, other: 1 },
    { id: "b", runs: 1, pass: 1, violated: 0, other: 0 },
  ]);
});

test("a run of a scenario belongs to it", () => {
  expect(baseIdOf("kill-consumer.12")).toBe("kill-consumer");
  expect(baseIdOf("kill-consumer")).toBe("kill-consumer");
});
