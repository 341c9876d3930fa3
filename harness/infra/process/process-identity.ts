import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

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
