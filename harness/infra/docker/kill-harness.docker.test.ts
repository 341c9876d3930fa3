import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { pollUntil } from "../process/deadline.ts";
import { MOMENTS, runUntil, thingsOf } from "../testing/docker-run.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLEANUP_MS_MAX = 15_000;

test.each(MOMENTS)("a harness killed with -9 $called leaves nothing after 15 s", async (moment) => {
  const { harness, runId } = await runUntil(moment, { folder });
  harness.kill("SIGKILL");
  expect(await thingsOf(runId)).toBeGreaterThan(0);
  await pollUntil(
    { what: "the reaper to remove everything", timeoutMs: CLEANUP_MS_MAX, everyMs: 200 },
    async () => ((await thingsOf(runId)) === 0 ? true : null),
  );
});
