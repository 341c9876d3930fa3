import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Debian, Fedora and a build by hand put the library here; the last names are of this machine's kind. */
const FOLDERS = [
  "/usr/lib/x86_64-linux-gnu/faketime",
  "/usr/lib/aarch64-linux-gnu/faketime",
  "/usr/lib64/faketime",
  "/usr/lib/faketime",
  "/usr/local/lib/faketime",
] as const;
/** The one for programs with several threads. */
const LIBRARY = "libfaketimeMT.so.1";
export const FAKETIME_INSTALL = "apt-get install libfaketime";

/** Path of libfaketime; null when it is not there. */
export function findFaketime(isThere: (path: string) => boolean = existsSync): string | null {
  return FOLDERS.map((folder) => join(folder, LIBRARY)).find((path) => isThere(path)) ?? null;
}

/** Why no process's clock can be stepped on this machine; null when it can. */
export function noClockStep(
  platform: string,
  library: string | null = findFaketime(),
): string | null {
  if (platform !== "linux") {
    return `one process's wall clock is stepped with libfaketime, which gameday uses on Linux only, not on ${platform}`;
  }
  return library === null
    ? `libfaketime (${LIBRARY}) is not installed, and nothing else steps one process's wall clock. Install it: ${FAKETIME_INSTALL}`
    : null;
}

/** What makes a process read its wall clock through the file. Its timers stay true. */
export function faketimeEnvironment(
  library: string,
  file: string,
): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    // Otherwise the file is read every ten seconds.
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    NO_FAKE_STAT: "1",
  };
}

/** "+2592000", "-5.25": seconds, as libfaketime reads an offset. */
export function offsetText(stepMs: number): string {
  return `${stepMs < 0 ? "-" : "+"}${Math.abs(stepMs) / 1000}`;
}

/** At once: a process must never read half a file. */
export function writeOffset(file: string, stepMs: number): void {
  writeFileSync(`${file}.next`, `${offsetText(stepMs)}\n`);
  renameSync(`${file}.next`, file);
}

/** What the library leaves in shared memory when its process is killed: the next one with this pid would not start. */
export function leftBehind(pid: number): readonly string[] {
  return [`/dev/shm/faketime_shm_${pid}`, `/dev/shm/sem.faketime_sem_${pid}`];
}
