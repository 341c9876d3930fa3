import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";
import { verify } from "./verify.ts";

const testdata = fileURLToPath(new URL("../checker/testdata/", import.meta.url));
const saved = readdirSync(testdata);
const scratch = mkdtempSync(join(tmpdir(), "gameday-verify-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function verified(folder: string) {
  const lines: string[] = [];
  const code = verify(folder, (line) => lines.push(line));
  return { code, said: lines.join("\n") };
}

const copy = (name: string): string => {
  const folder = mkdtempSync(join(scratch, "run-"));
  cpSync(join(testdata, name), folder, { recursive: true });
  return folder;
};

test.each(saved)("saved real run %s is judged as it was", (name) => {
  const stored = JSON.parse(readFileSync(join(testdata, name, "result.json"), "utf8")) as RunResult;
  const { code, said } = verified(join(testdata, name));
  expect(said).toMatch(/agrees with result\.json/);
  expect(code).toBe(stored.exitCode);
  const broken = stored.scenarios.flatMap(({ guarantees }) =>
    guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : [])),
  );
  // The folder's name says what it shows: pass, inconclusive-*, or the first guarantee it breaks.
  if (stored.verdict === "violated") expect(name).toContain(broken[0]);
  else expect(name).toContain(stored.verdict);
});

test("a result that says otherwise is a difference, and nothing is overwritten", () => {
  const folder = copy("pass");
  const text = readFileSync(join(folder, "result.json"), "utf8").replace(
    `"verdict": "pass"`,
    `"verdict": "violated"`,
  );
  writeFileSync(join(folder, "result.json"), text.replaceAll(`"once": 60`, `"once": 59`));
  const before = readdirSync(folder);
  const { code, said } = verified(folder);
  expect(code).toBe(2);
  expect(said).toMatch(/differs: .*outcomes was/);
  expect(readdirSync(folder)).toEqual(before);
});

test("a torn last line is said; a torn pass is inconclusive", () => {
  const folder = copy("pass");
  const whole = gunzipSync(readFileSync(join(folder, "journal.ndjson.gz"))).toString("utf8");
  writeFileSync(join(folder, "journal.ndjson"), whole + `{"seq":99999,"at`);
  const { code, said } = verified(folder);
  expect(said).toMatch(/last line is torn/);
  expect(code).toBe(2);
});

test("a run that was killed has no result: inconclusive", () => {
  const folder = copy("pass");
  rmSync(join(folder, "result.json"));
  expect(verified(folder)).toMatchObject({ code: 2, said: expect.stringMatching(/No result/) });
});
