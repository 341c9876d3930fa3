import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Identifies this boot: process ids and start times mean nothing after a reboot. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown"; // Not Linux: `ps` start times below carry the date.
  }
}

/** Field 22 of /proc/<pid>/stat, in ticks since boot; null when the line is not understood. */
export function parseStartTime(stat: string): string | null {
  // The command name (field 2) may hold spaces and parentheses: count from its last ")".
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isGone = fields[0] === "Z" || fields[0] === "X";
  return isGone ? null : (fields[19] ?? null);
}

/** When the process started, or null when no live process has this id. A reused id differs. */
export function startTimeOf(pid: number): string | null {
  try {
    if (process.platform === "linux") {
      return parseStartTime(readFileSync(`/proc/${pid}/stat`, "utf8"));
    }
    const line = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { timeout: 2_000 });
    return line.toString("utf8").trim() || null;
  } catch {
    return null; // No such process.
  }
}

/**
 * Live processes that were started with this text in their environment, whatever session or parent
 * they have by now. Linux only; none elsewhere.
 */
export function processesWith(mark: string): readonly number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => startTimeOf(pid) !== null && environmentOf(pid).includes(mark));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return ""; // Gone since, or somebody else's.
  }
}

const STOP_POLL_MS = 2;
const STOP_ASKS_MAX = 1_000;

/** A signal is delivered when the process is next scheduled: asked until it is stopped, or 2 s. */
export async function becomesStopped(pid: number): Promise<boolean> {
  for (let asked = 0; asked < STOP_ASKS_MAX; asked += 1) {
    if (isStopped(pid)) return true;
    await pause(STOP_POLL_MS);
  }
  return false;
}

/** True when the process is stopped by a signal (state T). */
function isStopped(pid: number): boolean {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
    }
    const state = execFileSync("ps", ["-o", "state=", "-p", String(pid)], { timeout: 2_000 });
    return state.toString("utf8").trim().startsWith("T");
  } catch {
    return false; // No such process.
  }
}
