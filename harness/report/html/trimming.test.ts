import { expect, test } from "vitest";
import { renderMarkdown } from "../markdown/report-md.ts";
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

test("sampling keeps what matters", () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const kept = sampled(items, 10, (item) => item === 77);
  expect(kept).toContain(77);
  expect(kept.length).toBeLessThanOrEqual(11);
  expect(sampled(items, 100)).toBe(items);
});
