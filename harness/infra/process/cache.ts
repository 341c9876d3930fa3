import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import envPaths from "env-paths";

/** Where fetched programs and golden copies live; GAMEDAY_CACHE overrides it. */
export function cacheFolder(): string {
  const override = process.env["GAMEDAY_CACHE"];
  return override === undefined || override === ""
    ? envPaths("gameday", { suffix: "" }).cache
    : override;
}

/**
 * Makes `folder` once: `make` fills a temporary sibling, which is renamed when complete. An
 * interrupted or failed attempt is never taken for a complete one.
 */
export async function makeOnce(
  folder: string,
  make: (draft: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) {
    return folder;
  }
  const draft = `${folder}.${randomUUID()}.tmp`;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(draft);
  try {
    await make(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // A run beside this one may have made the same folder meanwhile: theirs is as good.
    if (!existsSync(folder)) {
      throw error;
    }
  }
  return folder;
}
