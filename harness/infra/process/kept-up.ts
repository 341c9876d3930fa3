import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { bootId, startTimeOf } from "./process-identity.ts";
import { signalProcess } from "./reap.ts";

const GONE_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

const recordSchema = z.object({
  runId: z.string(),
  bootId: z.string(),
  pid: z.int().min(2),
  startTime: z.string().min(1),
});
type KeptUpRecord = z.infer<typeof recordSchema>;

const folderIn = (cacheFolder: string): string => join(cacheFolder, "kept-up");

/**
 * Says that this process holds the servers of a run up for people, until it is disposed of. The
 * run's own journal and reaper stay in charge: when this process dies, they go as after any death.
 */
export function noteKeptUp(cacheFolder: string, runId: string): Disposable {
  const folder = folderIn(cacheFolder);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${runId}.json`);
  const startTime = startTimeOf(process.pid) ?? "";
  writeFileSync(file, JSON.stringify({ runId, bootId: bootId(), pid: process.pid, startTime }));
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/** Runs that a living process holds up. What a dead one wrote is removed. */
export function keptUp(cacheFolder: string): readonly string[] {
  return living(cacheFolder).map(({ record }) => record.runId);
}

/** Tells each that holds a run up to end it in order, and waits; `kept` have not ended in time. */
export async function endKeptUp(
  cacheFolder: string,
  timeoutMs = GONE_TIMEOUT_MS,
): Promise<{ readonly ended: readonly string[]; readonly kept: readonly string[] }> {
  const all = living(cacheFolder);
  for (const { record } of all) signalProcess(record.pid, "SIGTERM");
  const endsAtMs = performance.now() + timeoutMs;
  let left = all;
  while (left.length > 0 && performance.now() < endsAtMs) {
    await pause(POLL_MS);
    left = left.filter(({ record }) => isAlive(record));
  }
  const kept = left.map(({ record }) => record.runId);
  const ended = all.map(({ record }) => record.runId).filter((runId) => !kept.includes(runId));
  for (const { file, record } of all)
    if (ended.includes(record.runId)) rmSync(file, { force: true });
  return { ended, kept };
}

function living(
  cacheFolder: string,
): readonly { readonly file: string; readonly record: KeptUpRecord }[] {
  return namesIn(folderIn(cacheFolder)).flatMap((name) => {
    const file = join(folderIn(cacheFolder), name);
    const record = recordIn(file);
    if (record !== null && isAlive(record)) return [{ file, record }];
    rmSync(file, { force: true });
    return [];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return []; // No folder yet: nothing was ever held up.
  }
}

function recordIn(file: string): KeptUpRecord | null {
  try {
    const { success, data } = recordSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return success ? data : null;
  } catch {
    return null; // Gone meanwhile, or not ours: nobody is signalled on a guess.
  }
}

function isAlive({ bootId: boot, pid, startTime }: KeptUpRecord): boolean {
  return boot === bootId() && startTimeOf(pid) === startTime;
}
