import { mkdirSync } from "node:fs";
import envPaths from "env-paths";

/**
 * Where downloads are kept: GAMEDAY_CACHE, else the user's cache folder. Root's home is closed to
 * the unprivileged user Postgres has to run as, so root uses the system's cache folder.
 */
export function cacheFolder(): string {
  const folder = process.env["GAMEDAY_CACHE"] ?? (isRoot() ? "/var/cache/gameday" : userCache());
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function userCache(): string {
  return envPaths("gameday", { suffix: "" }).cache;
}
