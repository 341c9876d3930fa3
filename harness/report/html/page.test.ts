import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { HOSTILE, SAVED_RUNS, savedRun, withKey } from "../testing/saved-runs.ts";
import { journalDigest } from "./closing.ts";
import { renderHtml } from "./page.ts";

/** Short excerpts instead of whole pages: what a failed assertion prints must be readable. */
const found = (html: string, pattern: RegExp): readonly string[] =>
  [...html.matchAll(new RegExp(pattern, "gu"))]
    .slice(0, 3)
    .map(({ 0: text, index }) => `${index}: ${text}`);

/** Every tag with its attributes' values emptied. */
const tagsOf = (html: string): string =>
  [...html.slice(html.indexOf("<body>")).matchAll(/<[a-z](?:[^">]|"[^"]*")*>/g)]
    .map(([tag]) => tag.replaceAll(/"[^"]*"/g, `""`))
    .join("");

/** Megabytes of text take their time on a busy machine. */
const SLOW_MS = 30_000;
/** Half of what a usual run may take, for sixty payments and up to a page for each of them. */
const CHARACTERS_MAX = 1_000_000;
const VICTIM = "pay-000020-a1d86eb7";
const violated = savedRun("no-duplicate-effects");

test.each(SAVED_RUNS)(
  "the page of the saved run %s is whole, small and the same each time",
  (name) => {
    const run = savedRun(name);
    const html = renderHtml(run);
    expect(found(html, /undefined|NaN|\[object Object\]|Infinity/)).toEqual([]);
    expect(html.startsWith("<!doctype html>")).toBe(true);
    expect(html.length).toBeLessThan(CHARACTERS_MAX);
    expect(renderHtml(run) === html).toBe(true);
  },
);

test("the policy allows this style and this script, by hash, and no network", () => {
  const html = renderHtml(violated);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? "";
  const digest = (tag: string): string =>
    createHash("sha256")
      .update(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "")
      .digest("base64");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`style-src 'sha256-${digest("style")}'`);
  expect(policy).toContain(`script-src 'sha256-${digest("script")}'`);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(found(html, /(?:src|href)="(?!#|data:,)/)).toEqual([]);
  expect(found(html, /\sstyle="/)).toEqual([]);
});

test.each(HOSTILE.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const))(
  "hostile text %s is shown and does nothing",
  { timeout: SLOW_MS },
  (_, text) => {
    const html = renderHtml(withKey(violated, VICTIM, text));
    const clean = renderHtml(violated);
    const tags = (page: string): number =>
      page.match(/<(?:script|img|style|iframe|link|meta)\b/g)?.length ?? 0;
    expect(tags(html)).toBe(tags(clean));
    expect(found(tagsOf(html), /\son[a-z]+=/)).toEqual([]);
    const body = html.slice(html.indexOf("<body>"), html.lastIndexOf("<script>"));
    expect(found(body, /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200f\ufffe]/u)).toEqual([]);
    expect(html.isWellFormed()).toBe(true);
    expect(html.length).toBeLessThan(600_000);
  },
);

test("a violated run leads from the verdict to the story of the payment", () => {
  const html = renderHtml(violated);
  expect(found(html, /<h1 id="headline">1 of 60 payments took effect twice\.<\/h1>/)).toHaveLength(
    1,
  );
  expect(found(html, /href="#s1-story-1">Read the story of pay-000020-a1d86eb7/)).toHaveLength(1);
  expect(html.includes(`id="s1-story-1"`), `id="s1-story-1"`).toBe(true);
  expect(html.includes("once too often"), "once too often").toBe(true);
});

test("a story keeps what the evidence names: offsets, transactions, keys, processes, held frames", () => {
  const html = renderHtml(violated);
  for (const proof of [
    "payments.requested.1[2]@2",
    "in transaction 788",
    "in transaction 811",
    "process 20817, SIGKILL",
    "postgres.commit.applied held",
    "postgres.commit.applied dropped",
    "idempotency key",
  ]) {
    expect(html.includes(proof), proof).toBe(true);
  }
});

test("without a journal the parts that need it are left out", () => {
  const html = renderHtml({ ...violated, events: [], partial: "the journal is gone" });
  expect(html.includes("the journal is gone"), "the journal is gone").toBe(true);
  expect(found(html, />(?:Timeline|Latency and rate|Before, during, after|Recovery)</)).toEqual([]);
  expect(
    html.includes("1 of 60 payments took effect twice"),
    "1 of 60 payments took effect twice",
  ).toBe(true);
});

test("a crashed run says that it is partial, first", () => {
  const events = violated.events.slice(0, 300);
  const html = renderHtml({ ...violated, events, partial: "The run did not end in order." });
  expect(html.indexOf("Partial.")).toBeLessThan(html.indexOf(`id="s1-ledger"`));
  expect(found(html, /undefined|NaN/)).toEqual([]);
});

test("no scenario at all is a page, too", () => {
  const result = {
    ...violated.result,
    scenarios: [],
    verdict: "environment" as const,
    error: { code: "environment", message: "Kafka did not start." },
  };
  const html = renderHtml({ result, events: [], partial: null });
  expect(
    html.includes("The rehearsal could not be held."),
    "The rehearsal could not be held.",
  ).toBe(true);
  expect(html.includes("Kafka did not start."), "Kafka did not start.").toBe(true);
});

test("what people wrote beside the run is in the page, escaped", () => {
  const edits =
    "## Roles\n- Lead: Kim <b>\n## Action items\n- no-duplicate-effects: owner: Ash; due: 2026-12-01\n";
  const html = renderHtml({ ...violated, edits });
  expect(html.includes("Lead: Kim &lt;b>"), "Lead: Kim &lt;b>").toBe(true);
  expect(found(html, /Ash<.td><td[^>]*>2026-12-01/)).toHaveLength(1);
});

test("the digest in the appendix is that of the journal file", () => {
  const text = violated.events.map((event) => `${JSON.stringify(event)}\n`).join("");
  expect(journalDigest(violated.events)).toBe(createHash("sha256").update(text).digest("hex"));
});

test("a payment with a finding is never called fine because its outcome is right", () => {
  const html = renderHtml(savedRun("no-lost-effects"));
  expect(found(html, /\(broke offsets-never-ahead-of-effects\)/).length).toBeGreaterThan(0);
  expect(found(html, /struck by the fault, one outcome/)).toEqual([]);
});
