import { EXIT_CODES } from "../model/verdict.ts";

/** Removes what dead runs have left: processes, folders, containers, networks, volumes. */
export async function clean(print: (line: string) => void): Promise<number> {
  const { sweepAll } = await import("../infra/docker/sweep.ts");
  const { runs, kept, foreign, engine } = await sweepAll();
  for (const runId of runs) print(`removed what run ${runId} had left`);
  for (const { runId, reason } of kept) print(`run ${runId}: ${reason}`);
  if (foreign > 0) print(`left alone: ${foreign} containers or networks of other machines`);
  if (engine !== null) print(`containers were not looked for: ${engine}`);
  if (runs.length === 0 && kept.length === 0) print("nothing was left by a dead run");
  return kept.length === 0 ? EXIT_CODES.pass : EXIT_CODES.environment;
}
