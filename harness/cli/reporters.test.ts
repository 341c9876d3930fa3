import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readJournal } from "./journal-reader.ts";
import { loadReporters, ReporterDesk, usualReporters, type ReporterEntry } from "./reporters.ts";
import { colourLevel } from "./terminal-reporter.ts";

const scratch = mkdtempSync(join(tmpdir(), "gameday-reporters-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const runFolder = (): string => {
  const folder = mkdtempSync(join(scratch, "run-"));
  const saved = new URL("../checker/testdata/no-duplicate-effects", import.meta.url);
  cpSync(fileURLToPath(saved), folder, { recursive: true });
  return folder;
};
const logged: string[] = [];
const setting = (env: NodeJS.ProcessEnv = {}) => ({
  folder: scratch,
  env,
  isVerbose: false,
  log: (line: string) => logged.push(line),
});

/** Hands the stored run to the reporters as a run that ends now would. */
async function reported(entries: readonly ReporterEntry[], env: NodeJS.ProcessEnv = {}) {
  const folder = runFolder();
  const desk = new ReporterDesk(await loadReporters(entries, setting(env)));
  for (const event of readJournal(folder).events) desk.note(event);
  const printed: string[] = [];
  const failures = await desk.end(folder, (line) => printed.push(line));
  return { folder, failures, printed: printed.join("\n") };
}

/** The worked examples of docs/reporters.md, written to the files their first lines name. */
const examples = [
  ...readFileSync(new URL("../../docs/reporters.md", import.meta.url), "utf8").matchAll(
    /```ts\n\/\/ reporters\/(\S+)\n([\s\S]*?)```/g,
  ),
].map(([, name = "", code = ""]) => {
  mkdirSync(join(scratch, "reporters"), { recursive: true });
  const index = JSON.stringify(fileURLToPath(new URL("../index.ts", import.meta.url)));
  writeFileSync(join(scratch, "reporters", name), code.replaceAll(`"gameday"`, index));
  return name;
});

describe("the examples of docs/reporters.md", () => {
  test("are two", () => {
    expect(examples).toEqual(["duplicates.ts", "csv.ts"]);
  });

  test("a reporter counts while the run goes on and says so at its end", async () => {
    const { printed, failures } = await reported(["./reporters/duplicates.ts"]);
    expect(failures).toEqual([]);
    expect(printed).toMatch(/^1 duplicated in 37 redeliveries; evidence in .*run-/);
  });

  test("a format is written to its file", async () => {
    const { folder, failures } = await reported(["./reporters/csv.ts"]);
    expect(failures).toEqual([]);
    expect(readFileSync(join(folder, "outcomes.csv"), "utf8")).toBe(
      "scenario,verdict,lost,duplicated\nkill-consumer-between-commit-and-ack,violated,0,1",
    );
  });
});

test("built-in reporters write their files, and the terminal prints", async () => {
  const { folder, printed } = await reported(["terminal", "junit", "chaos-toolkit"]);
  expect(printed).toMatch(/VIOLATED 1 of 60 payments took effect twice/);
  expect(readFileSync(join(folder, "junit.xml"), "utf8")).toMatch(/<testsuites/);
  expect(JSON.parse(readFileSync(join(folder, "journal.json"), "utf8"))).toMatchObject({
    deviated: true,
  });
});

test("github logs groups and annotations, and appends to the step summary", async () => {
  const summary = join(scratch, "summary.md");
  writeFileSync(summary, "before\n");
  await reported(["github"], { GITHUB_STEP_SUMMARY: summary });
  expect(readFileSync(summary, "utf8")).toMatch(/^before\n## gameday: violated/);
  expect(logged[0]).toBe("::group::kill-consumer-between-commit-and-ack: violated");
  expect(logged.at(-1)).toMatch(/^::error title=/);
});

test("a reporter that throws is named, and the others are heard", async () => {
  const loud = (id: string, where: "onEvent" | "onEnd") => ({
    id,
    [where]: () => {
      throw new Error("disk full");
    },
  });
  const entries = [loud("a", "onEvent"), loud("b", "onEnd"), "terminal"];
  const { failures, printed } = await reported(entries);
  expect(failures).toEqual(["reporter a failed: disk full", "reporter b failed: disk full"]);
  expect(printed).toMatch(/VIOLATED/);
});

test("a format cannot overwrite the evidence", async () => {
  const { failures, folder } = await reported([
    { id: "evil", file: "journal.ndjson", render: () => "" },
  ]);
  expect(failures).toEqual(["reporter evil failed: journal.ndjson is the evidence itself"]);
  expect(readJournal(folder).events.length).toBeGreaterThan(100);
});

test.each<[string, ReporterEntry, RegExp]>([
  ["a misspelt id", "junti", /Unknown reporter "junti". Did you mean "junit"/],
  ["a module that is not there", "./nowhere.ts", /Cannot load reporter .*nowhere\.ts/],
  ["an object that is none", { id: "x", onEnd: 5 } as never, /is no reporter: export/],
  ["a file outside the folder", { id: "x", file: "../x", render: () => "" }, /is no reporter/],
])("%s is a usage error before anything starts", async (_, entry, message) => {
  await expect(loadReporters([entry], setting())).rejects.toThrow(message);
});

test("the usual reporters, and GitHub's where GitHub runs it", () => {
  expect(usualReporters({})).toEqual(expect.arrayContaining(["terminal", "junit"]));
  expect(usualReporters({})).not.toContain("github");
  expect(usualReporters({ GITHUB_ACTIONS: "true" })).toContain("github");
});

test.each<[NodeJS.ProcessEnv, boolean, number]>([
  [{}, true, 1],
  [{}, false, 0],
  [{ NO_COLOR: "1" }, true, 0],
  [{ NO_COLOR: "" }, true, 1],
  [{ FORCE_COLOR: "1" }, false, 1],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, 1],
  [{ FORCE_COLOR: "0" }, true, 0],
  [{ FORCE_COLOR: "3" }, true, 3],
  [{ TERM: "dumb" }, true, 0],
  [{ CI: "true" }, true, 0],
])("colour with %j on a terminal: %s", (env, isTTY, level) => {
  expect(colourLevel(env, isTTY)).toBe(level);
});
