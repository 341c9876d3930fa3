import { expect, test } from "vitest";
import { renderMarkdown } from "../markdown/report-md.ts";
import { together } from "../testing/saved-runs.ts";
import { syntheticRun } from "../testing/synthetic-run.ts";
import { BYTES_MAX, sampled } from "./budget.ts";
import { renderHtml } from "./page.ts";

test(
  "a run of 3,000 payments, 300 of them wrong, stays under the limit and says what it left out",
  { timeout: 30_000 },
  () => {
    const run = syntheticRun(3_000, 10);
    const html = renderHtml(run);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(BYTES_MAX);
    expect(html.includes("300 of 3,000 payments took effect twice")).toBe(true);
    expect(html.includes("of 300 stories shown; the journal holds all")).toBe(true);
    expect(html.includes("of 3,000 payments shown; the journal holds all")).toBe(true);
    const text = renderMarkdown(run);
    expect(text.length).toBeLessThan(65_536);
    expect(text.includes("more stories are in report.html")).toBe(true);
  },
);

test("a run of a whole catalogue stays under the limit, and draws what did not pass", () => {
  const html = renderHtml(
    together([
      ["pass", 24],
      ["no-duplicate-effects", 5],
      ["inconclusive-never-fired", 4],
      ["recovers-within", 12],
    ]),
  );
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(BYTES_MAX);
  expect(html).toContain("Not drawn: the page would be too large.");
  expect(html).toContain('id="s25-timeline"');
  expect(html.match(/role="img" aria-label="Timeline of 2/g)?.length).toBe(21);
  const verdicts = html.slice(html.indexOf("Scenarios of this run</caption>"));
  expect(verdicts.indexOf("no-duplicate-effects-1")).toBeLessThan(verdicts.indexOf("pass-1"));
});

test("sampling keeps what matters", () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const kept = sampled(items, 10, (item) => item === 77);
  expect(kept).toContain(77);
  expect(kept.length).toBeLessThanOrEqual(11);
  expect(sampled(items, 100)).toBe(items);
});
