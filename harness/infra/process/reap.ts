import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../../model/errors.ts";
import { readJournal, type JournalContent, type JournaledProcess, type Swept } from "./journal.ts";
import { bootId, startTimeOf } from "./process-identity.ts";

const QUIT_GRACE_MS = 5_000;
const GONE_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** Signals a process group; a group that is gone already is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  signalProcess(-pid, signal);
}

/** Signals one process; one that is gone already is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
      throw error;
    }
  }
}

function groupExists(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false; // ESRCH: nobody left. EPERM cannot be one of ours.
  }
}

/**
 * True while the group is the one that was journaled. When its leader is gone, the id cannot have
 * been given to a new process as long as members of the old group live.
 */
function isStillOurs(entry: JournaledProcess): boolean {
  const startTime = startTimeOf(entry.pid);
  return groupExists(entry.pid) && (startTime === null || startTime === entry.startTime);
}

function hasRunningMember(entry: JournaledProcess): boolean {
  // A zombie leader (our unreaped child) still answers signal 0, but has no start time.
  return startTimeOf(entry.pid) === entry.startTime;
}

async function isGoneWithin(entry: JournaledProcess, timeoutMs: number): Promise<boolean> {
  const endsAtMs = performance.now() + timeoutMs;
  while (hasRunningMember(entry)) {
    if (performance.now() > endsAtMs) {
      return false;
    }
    await pause(POLL_MS);
  }
  return true;
}

async function endGroup(entry: JournaledProcess): Promise<void> {
  if (!isStillOurs(entry)) {
    return;
  }
  if (entry.stopSignal === "SIGQUIT") {
    signalGroup(entry.pid, "SIGQUIT");
    signalGroup(entry.pid, "SIGCONT"); // A stopped process would never see SIGQUIT.
    await isGoneWithin(entry, QUIT_GRACE_MS);
  }
  signalGroup(entry.pid, "SIGKILL");
  await isGoneWithin(entry, GONE_TIMEOUT_MS);
}

/**
 * Ends every journaled group that is still the journaled one, then removes the run's folders, and its
 * containers unless `hasContainers` says that somebody else does. Rejects when the engine is away.
 */
export async function reap(content: JournalContent): Promise<void> {
  if (content.bootId === bootId()) {
    await Promise.all(content.processes.map(endGroup));
  }
  for (const folder of content.folders) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
  if (content.hasContainers) {
    const { removeRunOf } = await import("../docker/cleanup.ts");
    await removeRunOf(content.runId);
  }
}

function isOwnerAlive(content: JournalContent): boolean {
  const { pid, startTime } = content.owner;
  return content.bootId === bootId() && startTimeOf(pid) === startTime;
}

/** Cleans up after earlier runs whose harness is dead. */
export async function sweep(journalFolder: string): Promise<Swept> {
  const runs: string[] = [];
  const kept: { readonly runId: string; readonly reason: string }[] = [];
  for (const name of readdirSync(journalFolder)) {
    const file = join(journalFolder, name);
    const content = name.endsWith(".json") ? readJournal(file) : null;
    if (content !== null && !isOwnerAlive(content)) {
      try {
        await reap(content);
        rmSync(file, { force: true });
        runs.push(content.runId);
      } catch (error) {
        kept.push({ runId: content.runId, reason: messageOf(error) });
      }
    }
  }
  return { runs, kept };
}
