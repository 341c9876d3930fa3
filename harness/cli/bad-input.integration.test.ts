import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const home = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gameday-bad-input-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function gameday(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const { cwd = home, env = {} } = options;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(home, "bin", "gameday.mjs"), ...args],
      { cwd, env: { ...process.env, ...env }, timeout: 50_000 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

/** A config in a folder of its own; `patch` is spread over the reference configuration. */
function configFolder(name: string, patch: string, scenarios: Record<string, string> = {}): string {
  const at = join(folder, name);
  mkdirSync(join(at, "scenarios"), { recursive: true });
  const from = JSON.stringify(join(home, "gameday.config.ts"));
  const text = `import base from ${from};\nexport default { ...base, scenarios: "scenarios", ${patch} };\n`;
  writeFileSync(join(at, "gameday.config.ts"), text);
  for (const [file, content] of Object.entries(scenarios)) {
    writeFileSync(join(at, "scenarios", file), content);
  }
  return at;
}

const scenario = (patch: string): string =>
  `import base from ${JSON.stringify(join(home, "scenarios", "baseline.scenario.ts"))};\nexport default { ...base, ${patch} };\n`;

const COMMIT = `{ boundary: "postgres.commit.applied", match: { intent: 20 } }`;
const KILL = `{ id: "k", fault: "kill", at: ${COMMIT}, heldFrame: "drop", restart: true }`;

test.each<[string, string[], RegExp]>([
  ["an unknown command", ["rnu"], /Did you mean "run"/],
  ["no command", [], /Name a command/],
  ["an unknown scenario", ["run", "baselin-x"], /Did you mean "baseline"/],
  ["an unknown variant", ["run", "--variant", "no-dedupe"], /Did you mean "no-dedup"/],
  ["an unknown variant to calibrate", ["calibrate", "no-dedupe"], /Did you mean "no-dedup"/],
  ["an unknown flag", ["run", "--sede", "1"], /Did you mean "seed"/],
  ["an unknown stack", ["run", "--stack", "locl"], /stack/],
  ["a seed without a value", ["run", "--seed"], /seed/],
  ["a seed that is no number", ["run", "--seed", "abc"], /--seed must be a whole number/],
  ["a seed with a fraction", ["run", "--seed", "1.5"], /--seed must be a whole number/],
  ["a misspelt flag of the gate", ["run", "--repeat-eahc", "2"], /Did you mean "repeat-each"/],
  ["zero repeats", ["run", "--repeat-each", "0"], /--repeat-each must be a whole number from 1/],
  ["a shard that is none", ["run", "--shard", "3/2"], /--shard must be i\/n/],
  ["a time that is none", ["run", "--global-timeout", "soon"], /--global-timeout must be a time/],
  ["an unknown tag", ["run", "--tag", "crahs"], /Did you mean "crash"/],
  ["an unknown reporter", ["run", "--reporter", "junti"], /Did you mean "junit"/],
  ["a flag of run elsewhere", ["list", "--shard", "1/2"], /--shard is a flag of gameday run/],
  ["a misspelt guarantee", ["explain", "no-lost-efects"], /Did you mean "no-lost-effects"/],
  ["a run to compare that is not there", ["compare", "nope", "nope"], /Cannot read/],
  ["pruning without a number", ["history", "--prune"], /--prune needs --keep N/],
  ["a config that is not there", ["run", "--config", "nowhere.ts"], /Cannot load .*nowhere\.ts/],
  ["a run that is not there", ["verify", "reports/nope"], /Cannot read .*journal\.ndjson/],
])("%s: exit 4, with the fix", async (_, args, message) => {
  const { code, stderr, stdout } = await gameday(args);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
});

test.each<[string, string, Record<string, string>, RegExp]>([
  ["an unknown config key", "efects: []", {}, /Did you mean "effects"/],
  [
    "zero events",
    "",
    { "a.scenario.ts": scenario("workload: { events: 0, accounts: 1 }") },
    /workload\.events/,
  ],
  [
    "an unknown boundary",
    "",
    {
      "a.scenario.ts": scenario(
        `faults: [{ id: "k", fault: "kill", at: { boundary: "postgres.commit.applid" }, heldFrame: "drop", restart: true }]`,
      ),
    },
    /boundary/,
  ],
  [
    "contradictory triggers",
    "",
    { "a.scenario.ts": scenario(`faults: [${KILL}, { ...${KILL}, id: "other" }]`) },
    /waits for the same frame as k/,
  ],
  [
    "a clock step too small to be seen",
    "",
    {
      "a.scenario.ts": scenario(
        `faults: [{ id: "k", fault: "clock-step", stepMs: 500, at: ${COMMIT}, heldFrame: "drop" }]`,
      ),
    },
    /stepMs: must be 10000 ms or more/,
  ],
  [
    "a recovery limit shorter than the session timeout",
    "",
    {
      "a.scenario.ts": scenario(
        `faults: [${KILL}], eviction: "session-timeout", limits: { recoveryMsMax: 3_000 }`,
      ),
    },
    /recoveryMsMax is 3000 ms/,
  ],
  [
    "a misspelt guarantee",
    "",
    { "a.scenario.ts": scenario(`guarantees: ["no-lost-efects"]`) },
    /guarantees/,
  ],
  ["no scenarios folder", `scenarios: "nowhere"`, {}, /Cannot read the scenarios folder/],
])("%s in a config or scenario: exit 4 before anything starts", async (name, patch, files, why) => {
  const cwd = configFolder(name.replaceAll(/\W+/g, "-"), patch, files);
  const { code, stderr } = await gameday(["run"], { cwd });
  expect(stderr).toMatch(why);
  expect(code).toBe(4);
  expect(readdirSync(cwd)).not.toContain("reports");
});

/** A PATH with `cp` and fakes of what a stack needs, but for the named; and an empty cache. */
function bare(...without: readonly string[]): Readonly<Record<string, string>> {
  const bin = mkdtempSync(join(folder, "bin-"));
  const fake = (program: string, script: string): void => {
    if (without.includes(program)) return;
    writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, program), 0o755);
  };
  for (const program of ["java", "mvn", "go"]) fake(program, "echo no real tool >&2; exit 7");
  // Servers start side by side: this one is there and silent, so that the missing tool speaks first.
  fake("toxiproxy-server", "exec /bin/sleep 60");
  symlinkSync("/bin/cp", join(bin, "cp"));
  return {
    PATH: `${bin}:${dirname(process.execPath)}`,
    GAMEDAY_CACHE: mkdtempSync(join(folder, "cache-")),
  };
}

test.each([
  ["java", /`java` is not on PATH; it is needed to run the Kafka broker.*apt-get install openjdk/],
  ["mvn", /`mvn` is not on PATH; it is needed to fetch the Kafka jars.*apt-get install maven/],
])("without %s: exit 3 naming it, why, and the install command", async (tool, message) => {
  const { code, stdout } = await gameday(["run", "--quiet", "--output", join(folder, "r1")], {
    env: bare(tool),
  });
  expect(stdout).toMatch(message);
  expect(code).toBe(3);
});

test("without go: doctor names it and its fix, and exits 3", async () => {
  const { code, stdout } = await gameday(["doctor"], { env: bare("go", "toxiproxy-server") });
  expect(stdout).toMatch(/missing\s+Toxiproxy[\s\S]*apt-get install golang-go/);
  expect(code).toBe(3);
});

test("a tool that fails: exit 3 with its own last lines", async () => {
  const { code, stdout } = await gameday(["run", "--quiet", "--output", join(folder, "r2")], {
    env: bare(),
  });
  expect(stdout).toMatch(/no real tool/);
  expect(code).toBe(3);
});

test("an output folder that cannot be made: exit 4, and nothing was started", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "precious");
  const { code, stderr } = await gameday(["run", "--output", file]);
  expect(stderr).toMatch(/Choose another folder with --output/);
  expect(code).toBe(4);
});

test("a corrupt journal is located and nothing is overwritten", async () => {
  const run = join(folder, "corrupt");
  mkdirSync(run);
  writeFileSync(join(run, "journal.ndjson"), "{}\n");
  const before = readdirSync(run);
  const { code, stdout } = await gameday(["verify", run]);
  expect(stdout).toMatch(/line 1 \(byte 0\): seq is missing. Nothing was judged/);
  expect(code).toBe(2);
  expect(readdirSync(run)).toEqual(before);
});
