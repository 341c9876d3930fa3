import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { JournalWriter } from "./journal-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("each event is on disk when record returns, in order", () => {
  const path = join(folder, "a.ndjson");
  const journal = new JournalWriter(path, { nowMs: () => 1.23456 });
  journal.forScenario("s").record({ stream: "note", text: "one" });
  journal.forScenario("s").record({ stream: "note", text: "two" });
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { seq: 0, atMs: 1.235, scenario: "s", stream: "note", text: "one" },
    { seq: 1, atMs: 1.235, scenario: "s", stream: "note", text: "two" },
  ]);
  journal.close();
  expect(journal.failure()).toBeNull();
});

test("what happens while people look is no evidence, in memory and on disk", async () => {
  const path = join(folder, "sealed.ndjson");
  const journal = new JournalWriter(path, { nowMs: () => 0 });
  const scenario = journal.forScenario("s");
  const note = (text: string): void => scenario.record({ stream: "note", text });
  note("before");
  await scenario.sealed(() => Promise.resolve(note("meanwhile")));
  await expect(scenario.sealed(() => Promise.reject(new Error("x")))).rejects.toThrow("x");
  note("after");
  journal.close();
  expect(journal.events().map((event) => "text" in event && event.text)).toEqual([
    "before",
    "after",
  ]);
  expect(readFileSync(path, "utf8")).not.toContain("meanwhile");
});

test("an existing journal is never overwritten", () => {
  const path = join(folder, "kept.ndjson");
  writeFileSync(path, "precious");
  expect(() => new JournalWriter(path, { nowMs: () => 0 })).toThrow(/Choose another folder/);
  expect(readFileSync(path, "utf8")).toBe("precious");
});

test("a disk that fills up is a failure with the fix, not a shorter history", () => {
  // `ulimit -f` bounds the file's size, so that the kernel refuses the write as a full disk would.
  const script = `
    import { JournalWriter } from ${JSON.stringify(new URL("./journal-writer.ts", import.meta.url).href)};
    const journal = new JournalWriter(${JSON.stringify(join(folder, "full.ndjson"))}, { nowMs: () => 0 });
    const recorder = journal.forScenario("s");
    for (let i = 0; i < 100; i += 1) recorder.record({ stream: "note", text: "x".repeat(100) });
    journal.close();
    console.log(journal.failure().code, journal.failure().message);`;
  const said = execFileSync(
    "bash",
    ["-c", 'ulimit -f 4; exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { encoding: "utf8" },
  );
  expect(said).toMatch(
    /^environment The journal ends at event \d+, it could not be written: EFBIG.* free of .*--output.*ulimit -f/,
  );
});
