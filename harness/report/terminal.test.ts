import { describe, expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";
import { inert, inertLines, sanitize } from "./sanitize.ts";
import { renderDetails } from "./terminal-scenario.ts";
import { renderRun, type TerminalOptions } from "./terminal.ts";
import { failedRun, HOSTILE, hostileRun, manyScenarios, savedRun } from "./testing/runs.ts";
import { cut, wrapped } from "./text-width.ts";

const plain: TerminalOptions = {
  folder: "reports/20261124-105441-9f27",
  columns: 80,
  colourLevel: 0,
  isVerbose: false,
};
const WIDTHS = [60, 80, 120, 200];

/** A catalogue of 38 in which three did not pass. */
function catalogue(): RunResult {
  const passed = manyScenarios(savedRun("pass"), 35);
  const failed = ["no-duplicate-effects", "no-lost-effects", "inconclusive-never-fired"].flatMap(
    (name) => savedRun(name).scenarios,
  );
  return { ...passed, verdict: "violated", scenarios: [...passed.scenarios, ...failed] };
}

const runs: readonly (readonly [string, RunResult])[] = [
  ["one that passed", savedRun("pass")],
  ["one that was violated", savedRun("no-duplicate-effects")],
  ["one with many findings", savedRun("no-lost-effects")],
  ["one that proves nothing", savedRun("inconclusive-never-fired")],
  ["five that passed", manyScenarios(savedRun("pass"), 5)],
  ["a catalogue with failures", catalogue()],
  ["forty that were violated", manyScenarios(savedRun("no-duplicate-effects"), 40)],
];

describe.each(WIDTHS)("at %i columns", (columns) => {
  test.each(runs)("%s", (_, result) => {
    expect(renderRun(result, { ...plain, columns })).toMatchSnapshot();
  });

  test.each(runs)("%s fits one screen, in plain characters", (_, result) => {
    const lines = renderRun(result, { ...plain, columns }).split("\n");
    expect(lines.length).toBeLessThan(24);
    for (const line of lines) {
      expect(line.length, line).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/^[ -~]*$/);
    }
    expect(lines.join("\n")).toContain("region loss");
  });
});

test("narrower than 60 and wider than 200 columns are rendered as those", () => {
  const at = (columns: number): string => renderRun(catalogue(), { ...plain, columns });
  expect(at(10)).toBe(at(60));
  expect(at(1_000)).toBe(at(200));
});

test("without a terminal no line of evidence is cut", () => {
  const text = renderRun(savedRun("no-duplicate-effects"), { ...plain, columns: null });
  expect(text).toContain("no-duplicate-effects: pay-000020-a1d86eb7 took effect 2 times in ledger");
  expect(text).toMatch(/evicted from its group \(harness-leave-group\)/);
  expect(text).not.toMatch(/\.\.\.$/m);
});

test("colour only where it is asked for", () => {
  const result = savedRun("no-duplicate-effects");
  expect(renderRun(result, plain)).not.toContain("\u001b");
  expect(renderRun(result, { ...plain, colourLevel: 1 })).toContain("\u001b[31m");
});

test("verbose tells every broken guarantee of every scenario", () => {
  const text = renderRun(catalogue(), { ...plain, isVerbose: true });
  expect(text.match(/outcomes:/g)).toHaveLength(38);
  expect(text).toMatch(/no-lost-effects: .* and|no-lost-effects: /);
});

test("repeats are told as k of n, and what was not run with its reason", () => {
  const text = renderRun(
    {
      ...savedRun("pass"),
      repeats: [
        { id: "flaky", runs: 10, pass: 7, violated: 2, other: 1 },
        { id: "steady", runs: 10, pass: 10, violated: 0, other: 0 },
      ],
      notRun: [{ id: "later", reason: "The global timeout of 5 s was reached." }],
      leftOut: [{ id: "clock", reason: "fault step is not available: no library" }],
    },
    plain,
  );
  expect(text).toContain("flaky: violated 2 of 10, 1 of 10 proved nothing");
  expect(text).toContain("1 scenario passed every time");
  expect(text).toContain("left out: clock (fault step is not available: no library)");
  expect(text.replaceAll("\n", " ")).toMatch(/; 1 scenario left out\./);
  expect(text).toContain("not run: later (The global timeout of 5 s was reached.)");
});

test("a server that did not start is told with its log lines", () => {
  const run = { ...failedRun("environment", "Kafka did not start.\nlast line"), scenarios: [] };
  expect(renderRun(run, plain)).toMatch(
    /error: Kafka did not start\.\n {2}\| last line\nENVIRONMENT/,
  );
});

test.each(HOSTILE.map((text) => [text.slice(0, 20), text]))(
  "hostile text cannot move the cursor or break lines: %j",
  (_, text) => {
    for (const isVerbose of [false, true]) {
      const rendered = renderRun(hostileRun(text), { ...plain, isVerbose });
      expect(rendered.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(rendered.length).toBeLessThan(500_000);
      expect(rendered).not.toMatch(/^(?:::|##\[)/m);
    }
    expect(renderDetails(hostileRun(text).scenarios[0] as never).join("")).not.toMatch(/\p{Cc}/u);
  },
);

test("escapes, controls and direction marks are made harmless", () => {
  expect(sanitize("a\u001b[31mred\u202eb\u0000")).toBe("a�[31mred�b�");
  expect(inert("x".repeat(30), 10)).toBe(`${"x".repeat(10)} ... (20 more characters)`);
  expect(inertLines("a\nb\u0007\nc", 2)).toBe("a\nb�\n... (1 more lines)");
});

test("text is cut and wrapped to a width", () => {
  expect(cut("abcdefgh", 6)).toBe("abc...");
  expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapped("x".repeat(15), 10, "  ")).toEqual([`  ${"x".repeat(8)}`, `  ${"x".repeat(7)}`]);
  expect(wrapped("any length", null)).toEqual(["any length"]);
});
