import { describe, expect, test } from "vitest";
import { annotations, group, stepSummary } from "./github.ts";
import { failedRun, HOSTILE, hostileRun, manyScenarios, savedRun } from "./testing/runs.ts";

describe("annotations", () => {
  test("a pass has none", () => {
    expect(annotations(savedRun("pass"))).toEqual([]);
  });

  test("each broken guarantee is an error with the finding and the command that reproduces it", () => {
    const [first] = annotations(savedRun("no-duplicate-effects"));
    expect(first).toMatch(
      /^::error title=kill-consumer-between-commit-and-ack \[no-dedup\]::no-duplicate-effects: .*took effect 2 times.*%0Areproduce: gameday run/,
    );
  });

  test("a run that proves nothing, or could not be made, says why", () => {
    expect(annotations(savedRun("inconclusive-never-fired")).join()).toMatch(/never fired/);
    expect(annotations(failedRun("environment", "no java")).join()).toMatch(/no java/);
  });

  test("at most nine, and one that counts the rest", () => {
    const lines = annotations(manyScenarios(savedRun("no-duplicate-effects"), 40));
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toMatch(/and 31 more/);
  });

  test("nine are nine, without a word of more", () => {
    const lines = annotations(manyScenarios(savedRun("inconclusive-never-fired"), 9));
    expect(lines).toHaveLength(9);
    expect(lines.join("\n")).not.toMatch(/more; see/);
  });
});

describe("step summary", () => {
  test("the table, the story and the limits", () => {
    const text = stepSummary(savedRun("no-duplicate-effects"));
    expect(text).toMatch(/^## gameday: violated/);
    expect(text).toMatch(/1 of 60 payments took effect twice/);
    expect(text).toMatch(/Power loss, disk loss and region loss not rehearsed/);
  });

  test("a scenario that this stack cannot rehearse is named, with the reason", () => {
    const leftOut = [{ id: "clock", reason: "no library" }];
    expect(stepSummary({ ...savedRun("pass"), leftOut })).toContain(
      "- left out: clock, no library",
    );
  });

  test("stays below 256 KiB and says what was left out", () => {
    const text = stepSummary(manyScenarios(savedRun("no-lost-effects"), 3_000));
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    expect(text).toMatch(/left out for size/);
    expect(text).toMatch(/region loss not rehearsed/);
  });
});

test("nothing a subject wrote can be a workflow command inside a group", () => {
  const lines = group("a\n::error::b", ["::error::owned"], "secret-token");
  expect(lines).toEqual([
    "::group::a%0A::error::b",
    "::stop-commands::secret-token",
    "::error::owned",
    "::secret-token::",
    "::endgroup::",
  ]);
});

test.each(HOSTILE.map((text) => [text.slice(0, 20), text]))(
  "hostile text is inert in annotations and summary: %j",
  (_, text) => {
    const run = hostileRun(text);
    for (const line of annotations(run)) {
      expect(line.split(/\r|\n/)).toHaveLength(1);
      expect(line).toMatch(/^::error title=[^:]*::/);
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(line.length).toBeLessThan(100_000);
    }
    const summary = stepSummary(run);
    expect(summary).not.toMatch(/<(?!\/?(?:details|summary)>)/);
    expect(summary).not.toMatch(/(?<!\\)\[link|https:\/\/|@everyone/);
    expect(summary).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    expect(Buffer.byteLength(summary)).toBeLessThan(256 * 1024);
  },
);
