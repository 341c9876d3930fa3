import { EXIT_CODES } from "../model/verdict.ts";

/** Ends runs that are held up, and removes what dead ones have left: processes, containers, folders. */
export async function clean(print: (line: string) => void): Promise<number> {
  const { cacheFolder } = await import("../infra/process/cache.ts");
  const { endKeptUp } = await import("../infra/process/kept-up.ts");
  const { sweepAll } = await import("../infra/docker/sweep.ts");
  const held = await endKeptUp(cacheFolder());
  for (const runId of held.ended) print(`ended run ${runId}, which was kept up`);
  for (const runId of held.kept) print(`run ${runId} is kept up, and did not end when told to`);
  const { runs, kept, foreign, engine } = await sweepAll();
  for (const runId of runs) print(`removed what run ${runId} had left`);
  for (const { runId, reason } of kept) print(`run ${runId}: ${reason}`);
  if (foreign > 0) print(`left alone: ${foreign} containers or networks of other machines`);
  if (engine !== null) print(`containers were not looked for: ${engine}`);
  const found = [held.ended, held.kept, runs, kept].some(({ length }) => length > 0);
  if (!found) print("nothing was left by a dead run");
  return kept.length + held.kept.length === 0 ? EXIT_CODES.pass : EXIT_CODES.environment;
}
