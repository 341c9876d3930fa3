import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../process/cache.ts";
import type { Swept } from "../process/journal.ts";
import { sweep } from "../process/reap.ts";
import { sweepOrphans } from "./cleanup.ts";
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
  const { runs, kept, foreign } = await sweepOrphans(docker);
  return {
    runs: [...swept.runs, ...runs],
    kept: [...swept.kept, ...kept],
    foreign,
    engine: null,
  };
}
