import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { GUARANTEES } from "../../model/guarantee.ts";
import { adviceFor } from "../facts/advice.ts";
import { renderHtml } from "../html/page.ts";
import { renderRehearsal } from "../markdown/rehearsal-md.ts";
import { renderMarkdown } from "../markdown/report-md.ts";
import { unscopedClaims } from "./honest.ts";
import { SAVED_RUNS, savedRun } from "./saved-runs.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

describe("words that promise more than a run can show", () => {
  test.each([
    "Payments are processed exactly once.",
    "Exactly-once delivery.",
    "No duplicates, guaranteed.",
    "This service never loses a payment.",
  ])("%s is refused", (sentence) => {
    expect(unscopedClaims(`It ran. ${sentence} Fine.`)).toEqual([sentence]);
  });

  test.each([
    "60 of 60 payments took effect exactly once under one kill.",
    "It does not promise exactly-once delivery.",
    "The setting `processing.guarantee=exactly_once_v2` was on.",
    "0 of 412 payments took effect twice; power loss was not rehearsed.",
  ])("%s is allowed: it says how far it goes", (sentence) => {
    expect(unscopedClaims(sentence)).toEqual([]);
  });
});

const textOf = (html: string): string =>
  html
    .slice(html.indexOf("<body>"), html.lastIndexOf("<script>"))
    .replaceAll(/<\/(?:p|li|h\d|td|th|dd|dt|text|title|summary)>/g, "\n\n")
    .replaceAll(/<[^>]*>/g, " ");

test.each(SAVED_RUNS)("every report of the saved run %s keeps to what was seen", (name) => {
  const run = savedRun(name);
  for (const text of [textOf(renderHtml(run)), renderMarkdown(run), renderRehearsal(run)]) {
    expect(unscopedClaims(text)).toEqual([]);
    expect(text).toMatch(/Power loss, disk loss and region loss were not rehearsed/);
  }
});

test("the verdict gives counts, and what they are of", () => {
  expect(renderMarkdown(savedRun("pass"))).toMatch(
    /0 of 60 payments took effect twice and 0 were lost, with \d+ redeliveries observed\./,
  );
});

test("advice keeps to it, too", () => {
  expect(GUARANTEES.flatMap((id) => unscopedClaims(adviceFor(id)))).toEqual([]);
});

const pages = globSync(["*.md", "docs/**/*.md", "scenarios/*.md", "reference-service/**/*.md"], {
  cwd: ROOT,
});

test.each(pages)("%s keeps to it, too", (page) => {
  expect(unscopedClaims(readFileSync(`${ROOT}${page}`, "utf8"))).toEqual([]);
});
