import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../model/errors.ts";
import { cacheFolder } from "../process/cache.ts";
import { sweep, type Swept } from "../process/reap.ts";
import { orphanedRuns, removeRun } from "./cleanup.ts";
import { openEngine } from "./engine.ts";
import { findEngine } from "./probe.ts";

/** What a sweep of everything came to. */
export interface SweptAll extends Swept {
  /** Containers and networks of other machines, which were left alone. */
  readonly foreign: number;
  /** Why the engine was not asked; null when it was. */
  readonly engine: string | null;
}

/** Ends what dead runs have left: by their journals, and by the labels of what has no journal any more. */
export async function sweepAll(): Promise<SweptAll> {
  const journals = join(cacheFolder(), "runs");
  mkdirSync(journals, { recursive: true });
  const swept = await sweep(journals);
  const found = await findEngine();
  if (!("version" in found)) return { ...swept, foreign: 0, engine: found.reason };
  const { docker } = await openEngine();
  const { dead, foreign } = await orphanedRuns(docker);
  const runs = [...swept.runs];
  const kept = [...swept.kept];
  for (const runId of dead) {
    try {
      await removeRun(docker, runId);
      runs.push(runId);
    } catch (error) {
      kept.push({ runId, reason: messageOf(error) });
    }
  }
  return { runs, kept, foreign, engine: null };
}
