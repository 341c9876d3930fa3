import { expect, test } from "vitest";
import { GUARANTEES } from "../model/guarantee.ts";
import { adviceFor } from "./facts/advice.ts";
import { renderHtml } from "./html/page.ts";
import { renderRehearsal } from "./markdown/rehearsal-md.ts";
import { renderMarkdown } from "./markdown/report-md.ts";
import { SAVED_RUNS, savedRun } from "./testing/saved-runs.ts";
import { unscopedClaims } from "./words.ts";

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
