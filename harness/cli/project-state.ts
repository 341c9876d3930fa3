import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { promisify } from "node:util";
import type { ProjectState } from "../model/run-header.ts";

const TIMEOUT_MS = 5_000;
const OUTPUT_BYTES_MAX = 16 * 2 ** 20;

/**
 * Which commit of the user's project is rehearsed, and whether anything in the checkout differs from
 * it, apart from `reports`, which gameday writes itself. Null outside a git checkout, before the first
 * commit, and where git is not there or does not answer.
 */
export async function projectState(folder: string, reports: string): Promise<ProjectState | null> {
  try {
    const commit = (await git(folder, ["rev-parse", "--verify", "HEAD"])).trim();
    const top = (await git(folder, ["rev-parse", "--show-toplevel"])).trim();
    const own = relative(realpathSync(top), realpathSync(reports));
    const apart = own === "" || own.startsWith("..") ? [] : [`:(exclude,top,literal)${own}`];
    const changes = await git(top, ["status", "--porcelain", "--", ":(top)", ...apart]);
    return { commit, isDirty: changes.trim() !== "" };
  } catch {
    return null; // Nothing is claimed of a project that git does not know.
  }
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  // Locks and hooks of the project are its own: nothing is written, no monitor is started.
  const safe = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-C", folder];
  const { stdout } = await promisify(execFile)("git", [...safe, ...args], {
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return stdout;
}
