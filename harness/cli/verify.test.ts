import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";
import { show } from "./show.ts";
import { readStoredRun } from "./stored-run-reader.ts";
import { verify } from "./verify.ts";

const testdata = fileURLToPath(new URL("../checker/testdata/", import.meta.url));
const saved = readdirSync(testdata);
const scratch = mkdtempSync(join(tmpdir(), "gameday-verify-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function verified(...runs: string[]) {
  const lines: string[] = [];
  const code = await verify(runs, (line) => lines.push(line));
  return { code, said: lines.join("\n") };
}

const copy = (name: string): string => {
  const folder = mkdtempSync(join(scratch, "run-"));
  cpSync(join(testdata, name), folder, { recursive: true });
  return folder;
};

test.each(saved)("saved real run %s is judged as it was", async (name) => {
  const stored = JSON.parse(readFileSync(join(testdata, name, "result.json"), "utf8")) as RunResult;
  const { code, said } = await verified(join(testdata, name));
  expect(said).toMatch(/agrees with result\.json/);
  expect(code).toBe(stored.exitCode);
  const broken = brokenOf(stored);
  // The folder's name says what it shows: pass-*, inconclusive-*, or a guarantee that it breaks.
  if (stored.verdict === "violated") expect(broken).toContain(name);
  else expect(name).toContain(stored.verdict);
});

test("a result that says otherwise is a difference, and nothing is overwritten", async () => {
  const folder = copy("pass");
  const text = readFileSync(join(folder, "result.json"), "utf8").replace(
    `"verdict": "pass"`,
    `"verdict": "violated"`,
  );
  writeFileSync(join(folder, "result.json"), text.replaceAll(`"once": 60`, `"once": 59`));
  const before = readdirSync(folder);
  const { code, said } = await verified(folder);
  expect(code).toBe(2);
  expect(said).toMatch(/differs: .*outcomes was/);
  expect(readdirSync(folder)).toEqual(before);
});

test("a torn last line is said; a torn pass is inconclusive", async () => {
  const folder = copy("pass");
  const whole = gunzipSync(readFileSync(join(folder, "journal.ndjson.gz"))).toString("utf8");
  writeFileSync(join(folder, "journal.ndjson"), whole + `{"seq":99999,"at`);
  const { code, said } = await verified(folder);
  expect(said).toMatch(/last line is torn/);
  expect(code).toBe(2);
});

test("a run that was killed has no result: inconclusive", async () => {
  const folder = copy("pass");
  rmSync(join(folder, "result.json"));
  expect(await verified(folder)).toMatchObject({
    code: 2,
    said: expect.stringMatching(/No result/),
  });
});

test("several runs, a folder of runs, a pattern, and a lone .ndjson.gz are all judged", async () => {
  const all = await verified(testdata);
  expect(all.said).toMatch(new RegExp(`${saved.length} runs: \\d+ pass, \\d+ violated, 1 incon`));
  expect(all.code).toBe(1);
  expect((await verified(join(testdata, "pass*"))).code).toBe(0);
  expect((await verified(join(testdata, "pass"), join(testdata, "no-lost-effects"))).code).toBe(1);
  const lone = join(scratch, "elsewhere.ndjson.gz");
  cpSync(join(testdata, "no-lost-effects/journal.ndjson.gz"), lone);
  expect(await verified(lone)).toMatchObject({ code: 1, said: expect.stringMatching(/no result/) });
});

test("a folder without a journal, and a pattern that matches nothing, say what to name", async () => {
  const empty = mkdtempSync(join(scratch, "empty-"));
  await expect(verified(empty)).rejects.toThrow(/has no journal\.ndjson .* no evidence to judge/);
  await expect(verified(join(scratch, "nope-*"))).rejects.toThrow(/Nothing matches/);
  const both = await verified(join(testdata, "pass"), join(scratch, "gone"));
  expect(both).toMatchObject({ code: 4, said: expect.stringMatching(/Cannot read .*gone/) });
});

/** A copy of a passing run, its journal changed. */
function changed(change: (lines: string[]) => string[], name = "pass"): string {
  const folder = copy(name);
  const text = gunzipSync(readFileSync(join(folder, "journal.ndjson.gz"))).toString("utf8");
  writeFileSync(join(folder, "journal.ndjson"), change(text.split("\n")).join("\n"));
  return folder;
}

/** A copy that stops at the first line in which this stands, without a result. */
function stopped(name: string, at: string): string {
  const folder = changed(
    (lines) => [
      ...lines.slice(
        0,
        lines.findIndex((line) => line.includes(at)),
      ),
      "",
    ],
    name,
  );
  rmSync(join(folder, "result.json"));
  return folder;
}

test.each(["pass", "no-lost-effects"])(
  "%s without what was written after a phase is told as half a history, everywhere",
  async (name) => {
    for (const phase of ["heal", "collect", "down"]) {
      const folder = stopped(name, `"phase":"${phase}"`);
      const { code, said } = await verified(folder);
      // What was found on the wires stands; a loss is not known before the ledgers were read.
      const isShown = said.includes(": violated");
      expect(code).toBe(isShown ? 1 : 2);
      if (!isShown) expect(said).toMatch(/stops before the ledgers had been read/);
      const { result, partial } = readStoredRun(folder);
      expect(result.verdict).toBe(isShown ? "violated" : "interrupted");
      expect(partial).toMatch(/did not end in order/);
      const told: string[] = [];
      await show(folder, { finding: undefined, print: (line) => told.push(line) });
      expect(told[0]).toMatch(/^PARTIAL: the journal stops before \S+ had ended/);
      expect(brokenOf(result)).toEqual(isShown ? ["offsets-never-ahead-of-effects"] : []);
    }
  },
);

const brokenOf = ({ scenarios }: Pick<RunResult, "scenarios">) =>
  scenarios.flatMap(({ guarantees }) =>
    guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : [])),
  );

test.each<[string, (lines: string[]) => string[], RegExp]>([
  [
    "a duplicate seq",
    (lines) => lines.toSpliced(9, 0, lines[8] ?? ""),
    /line 10 \(byte \d+\): seq 8/,
  ],
  ["a damaged line", (lines) => lines.with(700, "{"), /line 701 \(byte \d+\): it is not JSON/],
])("%s is located and inconclusive", async (_, change, message) => {
  const { code, said } = await verified(changed(change));
  expect(said).toMatch(message);
  expect(code).toBe(2);
});

test("a compressed journal that was cut off is inconclusive", async () => {
  const folder = copy("pass");
  const file = join(folder, "journal.ndjson.gz");
  writeFileSync(file, readFileSync(file).subarray(0, 9_000));
  const { code, said } = await verified(folder);
  expect(said).toMatch(/line \d+ \(byte \d+\): the compressed file is damaged/);
  expect(code).toBe(2);
});

test("a journal from a newer version is not guessed at", async () => {
  const newer = changed((lines) =>
    lines.with(0, (lines[0] ?? "").replace('"formatVersion":1', '"formatVersion":2')),
  );
  await expect(verified(newer)).rejects.toThrow(/history format 2; this gameday reads up to 1/);
});

test("where the clock goes back, what rests on time is unknown and the rest is judged", async () => {
  const back = (lines: string[]): string[] =>
    lines.with(900, (lines[900] ?? "").replace(/"atMs":[\d.]+/, '"atMs":1'));
  const pass = await verified(changed(back));
  expect(pass.said).toMatch(/recovers-within: the clock goes back at seq \d+/);
  expect(pass.code).toBe(2);
  const violated = await verified(changed(back, "no-lost-effects"));
  expect(violated.code).toBe(1);
});

test("what a journal says cannot steer the terminal", async () => {
  const hostile = changed((lines) => [
    ...lines.slice(0, 5),
    lines[5]?.replace(/"stream":"[a-z]+"/, '"stream":"\\u001b]0;x\\u0007"') ?? "",
    ...lines.slice(6),
  ]);
  const { said } = await verified(hostile);
  expect(said).not.toContain("\u001b");
  expect(said).toMatch(/is unknown to this version/);
});
