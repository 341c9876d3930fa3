import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectState } from "./project-state.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gameday-project-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  return execFileSync("git", ["-C", folder, ...who, ...args], { encoding: "utf8" }).trim();
}

test("outside a git checkout, and before the first commit, nothing is claimed", async () => {
  expect(await projectState(folder, folder)).toBeNull();
  git("init", "--quiet");
  expect(await projectState(folder, folder)).toBeNull();
  expect(await projectState(join(folder, "no-such-folder"), folder)).toBeNull();
});

test("a commit is clean until a file of the checkout differs or is new, reports apart", async () => {
  const service = join(folder, "service");
  const reports = join(service, "reports");
  git("init", "--quiet");
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(folder, "shared.txt"), "one");
  git("add", ".");
  git("commit", "--quiet", "--message", "first");
  const commit = git("rev-parse", "HEAD");
  writeFileSync(join(reports, "journal.ndjson"), "written by gameday");
  expect(await projectState(service, reports)).toEqual({ commit, isDirty: false });
  expect(await projectState(service, tmpdir())).toEqual({ commit, isDirty: true });

  writeFileSync(join(folder, "shared.txt"), "two");
  expect(await projectState(service, reports)).toEqual({ commit, isDirty: true });

  git("checkout", "--quiet", "shared.txt");
  writeFileSync(join(folder, "new.txt"), "not committed");
  expect(await projectState(service, reports)).toEqual({ commit, isDirty: true });
});
