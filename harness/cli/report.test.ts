import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { report } from "./report.ts";
import { readStoredRun } from "./stored-run-reader.ts";

const testdata = fileURLToPath(new URL("../checker/testdata/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "gameday-report-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function copyOf(name: string): string {
  const folder = mkdtempSync(join(scratch, "20260101-120000-"));
  cpSync(join(testdata, name), folder, { recursive: true });
  return folder;
}

function rendered(folder: string, format: string, output?: string): readonly string[] {
  const lines: string[] = [];
  expect(report(folder, { format, output, print: (line) => lines.push(line) })).toBe(0);
  return lines;
}

test("a stored run is rendered in the formats asked for, where asked", () => {
  const output = join(scratch, "elsewhere", "deep");
  const files = rendered(join(testdata, "pass"), "html, md,json", output);
  expect(files).toEqual(
    ["report.html", "report.md", "result.json"].map((file) => join(output, file)),
  );
  expect(readFileSync(join(output, "report.md"), "utf8")).toMatch(/^# Pass: All 60 payments/);
});

test("an unknown format is an error with a suggestion, and nothing is written", () => {
  const output = join(scratch, "never");
  expect(() => rendered(join(testdata, "pass"), "html,marlown", output)).toThrow(
    /Unknown format "marlown"/,
  );
  expect(() => rendered(join(testdata, "pass"), "htlm", output)).toThrow(/Did you mean "html"\?/);
  expect(existsSync(output)).toBe(false);
});

test("the side file is made once, read each time and never written over", () => {
  const folder = copyOf("no-duplicate-effects");
  const side = join(folder, "rehearsal.edits.md");
  expect(rendered(folder, "rehearsal")).toContain(side);
  const written = `${readFileSync(side, "utf8")}\n## Notes\n- kept by Kim\n`;
  writeFileSync(side, written);
  expect(rendered(folder, "rehearsal,html,md")).not.toContain(side);
  expect(readFileSync(side, "utf8")).toBe(written);
  for (const file of ["rehearsal.md", "report.md", "report.html"]) {
    expect(readFileSync(join(folder, file), "utf8").includes("kept by Kim"), file).toBe(true);
  }
});

function crashed(): string {
  const folder = copyOf("no-duplicate-effects");
  const whole = gunzipSync(readFileSync(join(folder, "journal.ndjson.gz"))).toString("utf8");
  writeFileSync(join(folder, "journal.ndjson"), whole.slice(0, Math.floor(whole.length / 2)));
  rmSync(join(folder, "result.json"));
  return folder;
}

test("a crashed run is reported as far as its journal goes, marked partial", () => {
  const folder = crashed();
  const { result, partial } = readStoredRun(folder);
  expect(result.verdict).not.toBe("pass");
  expect(result.startedAt).toBe("2026-01-01T12:00:00.000Z");
  expect(partial).toMatch(/did not end in order.*last line of the journal is torn/s);
  rendered(folder, "html,md,rehearsal");
  const report = readFileSync(join(folder, "report.md"), "utf8");
  expect(report).toMatch(/> \*\*Partial\.\*\*/);
  expect(report).toMatch(/How \d+ of \d+ payments ended is not known; 0 took effect twice/);
  expect(report).not.toMatch(/0 were lost/);
});

test("a crashed run stays partial once its result was written", () => {
  const folder = crashed();
  rendered(folder, "json");
  const { result, partial } = readStoredRun(folder);
  expect(result.verdict).toBe("interrupted");
  expect(partial).not.toBeNull();
});

test("a result without a readable journal is reported without what needs it", () => {
  const folder = copyOf("pass");
  writeFileSync(join(folder, "journal.ndjson"), "not json\n");
  const { events, partial } = readStoredRun(folder);
  expect(events).toEqual([]);
  expect(partial).toMatch(/journal cannot be read/);
});

test("a folder that is no run is an error", () => {
  expect(() => readStoredRun(scratch)).toThrow(/Cannot read/);
  const folder = copyOf("pass");
  writeFileSync(join(folder, "result.json"), "{}");
  expect(() => readStoredRun(folder)).toThrow(/is no result of a gameday run/);
});
