import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";

const home = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gameday-full-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a rehearsal behind a line of shell that bounds what it can write. */
function gameday(shell: string, output: string): Promise<Ended> {
  const run = [join(home, "bin", "gameday.mjs"), "run", "baseline", "--stack", "local"];
  const args = ["-c", `${shell}; exec "$0" "$@"`, process.execPath, ...run, "--output", output];
  // A TMPDIR of its own: whatever is left behind is left there.
  const left = mkdtempSync(join(folder, "tmp-"));
  execFileSync("chmod", ["755", folder, left]);
  const env = { ...process.env, TMPDIR: left };
  return new Promise((resolve) => {
    execFile("bash", args, { cwd: home, env, timeout: 55_000 }, (error, stdout, stderr) => {
      expect(readdirSync(left).filter((name) => !name.startsWith("gameday-cache-"))).toEqual([]);
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

// `ulimit -f` bounds the size of every file: the kernel refuses the write as a full disk does.
const bounded = (kilobytes: number): string => `trap '' XFSZ; ulimit -f ${kilobytes}`;

test("no room for a result: exit 3 with folder, room and fix, before anything starts", async () => {
  const output = join(folder, "no-room");
  const { code, stdout, stderr } = await gameday(bounded(32), output);
  expect(stderr).toMatch(
    /The run cannot be stored: EFBIG.* \S+no-room\S+ has [\d.]+ [MG]B free of .*--output/,
  );
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
});

test("no room for the servers' data: exit 3 with folder, room and fix, nothing left", async () => {
  const { code, stdout } = await gameday(bounded(4_096), join(folder, "no-data"));
  // Whichever server was first to find out: its own words are in the message, or among its last lines.
  expect(stdout).toMatch(/file too large|SIGXFSZ/i);
  expect(stdout).toMatch(
    /The local stack did not start: .* has [\d.]+ [MG]B free of .*TMPDIR.*ulimit -f/,
  );
  expect(code).toBe(3);
});

// A disk of a few kilobytes can be mounted by root only; what others have of this are the tests above.
if (process.getuid?.() === 0) {
  test("a disk that fills up during a run: exit 3, a result that says so, a partial history", async () => {
    const output = join(folder, "small");
    mkdirSync(output);
    execFileSync("bash", ["-c", `mount -t tmpfs -o size=300k tmpfs "$0"`, output]);
    try {
      const { code, stdout, stderr } = await gameday("true", output);
      expect(stdout).toMatch(
        /The journal ends at event \d+, .*ENOSPC.*small\S+ has 0.0 MB free of 0.3 MB.*--output/,
      );
      expect(stderr).toMatch(/reporter html failed: ENOSPC/);
      expect(code).toBe(3);
      const run = join(output, "latest");
      const files = readdirSync(run);
      expect(files).toEqual(expect.arrayContaining(["journal.ndjson", "result.json"]));
      expect(files.filter((file) => /tmp$|^report\.html$/.test(file))).toEqual([]);
      const result = JSON.parse(readFileSync(join(run, "result.json"), "utf8")) as RunResult;
      expect(result.verdict).toBe("environment");
      expect(result.scenarios.map(({ verdict }) => verdict)).toEqual(["inconclusive"]);
      const verify = [join(home, "bin", "gameday.mjs"), "verify", run];
      await expect(
        new Promise((_, reject) => {
          execFile(process.execPath, verify, (error) => reject(error));
        }),
      ).rejects.toMatchObject({ code: 2 });
    } finally {
      execFileSync("bash", ["-c", `umount "$0"`, output]);
    }
  });
}
