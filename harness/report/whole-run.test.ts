import { expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";
import { renderHtml } from "./html/page.ts";
import { renderMarkdown } from "./markdown/report-md.ts";
import type { RehearsedRun } from "./rehearsed-run.ts";
import { HOSTILE, hostileRun, manyScenarios, savedRun, whole } from "./testing/runs.ts";

const good = savedRun("pass");
const broken = savedRun("no-duplicate-effects");
const since = (earlier: RunResult, result: RunResult): RehearsedRun => ({
  ...whole(result),
  earlier,
});

/** What a reader of the page reads. */
const textOf = (html: string): string => html.replaceAll(/<[^>]+>/g, "").replaceAll("&gt;", ">");

test("a report beside a good earlier run names the regressions, the figures and what else differs", () => {
  const run = since(good, broken);
  for (const text of [textOf(renderHtml(run)), renderMarkdown(run).replaceAll("&gt;", ">")]) {
    expect(text).toContain("Before and after");
    expect(text).toContain("regression");
    expect(text).toContain("pass -> violated");
    expect(text).toContain("duplicated: 0 of 60 -> 1 of 60 payments");
    expect(text).toContain("variant differs: none, no-dedup");
    expect(text).toContain("no more than noise");
    expect(text).toContain(good.runId);
  }
});

test("the same run twice has no change", () => {
  const run = since(good, good);
  for (const text of [renderHtml(run), renderMarkdown(run)]) {
    expect(text).toContain("No verdict, guarantee, outcome or timing changed beyond noise.");
    expect(text).not.toContain("regression");
  }
});

test.each([
  ["without an earlier run", whole(broken)],
  [
    "beside a run of other scenarios",
    since({ ...good, scenarios: good.scenarios.map((s) => ({ ...s, id: "other" })) }, broken),
  ],
])("%s nothing is compared", (_, run) => {
  expect(renderHtml(run)).not.toContain("Before and after");
  expect(renderMarkdown(run)).not.toContain("Before and after");
});

test("an earlier run of many scenarios says what it left out", () => {
  const run = since(manyScenarios(good, 60), manyScenarios(broken, 60));
  expect(textOf(renderHtml(run))).toMatch(/12 of 60 scenarios shown/);
  const fewer = since(manyScenarios(good, 20), manyScenarios(broken, 20));
  expect(renderMarkdown(fewer)).toMatch(/\d+ more changes/);
});

test.each(HOSTILE)("hostile text of an earlier run is inert: %#", (text) => {
  const run = since({ ...hostileRun(text), runId: text, gamedayVersion: text }, broken);
  expect(renderHtml(run)).not.toMatch(/<script>alert|<img|\u202e/);
  expect(renderMarkdown(run)).not.toMatch(/<script|[^\\]\]\(javascript|\u202e/);
});

test("a scenario that was ended at its limit says so in one sentence", () => {
  const message = "baseline was ended at its time limit of 3 s. Raise --timeout.";
  const scenarios = good.scenarios.map((scenario) => ({
    ...scenario,
    verdict: "inconclusive" as const,
    error: { code: "inconclusive", message },
  }));
  const run = whole({ ...good, verdict: "inconclusive", scenarios });
  for (const text of [textOf(renderHtml(run)), renderMarkdown(run)]) {
    expect(text).toContain("ended at its time limit of 3 s. Raise --timeout.");
    expect(text).not.toContain("--timeout..");
  }
});

test("what was asked for and not rehearsed is told, with the reason", () => {
  const notRun = [{ id: "later", reason: "The global timeout of 5 s was reached." }];
  const run = whole({ ...good, verdict: "inconclusive", notRun });
  for (const text of [textOf(renderHtml(run)), renderMarkdown(run).replaceAll("`", "")]) {
    expect(text).toMatch(/not rehearsed: nothing is known/i);
    expect(text).toContain("later: The global timeout of 5 s was reached.");
  }
});
