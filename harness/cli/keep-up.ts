import { HarnessError } from "../model/errors.ts";
import type { Standing } from "../model/standing.ts";

/** Nobody looks for so long. */
export const HOLD_MS_MAX = 12 * 3_600_000;

/** HarnessError("usage") where nobody is there to look and to end it. */
export function refuseKeepUpInCi(env: NodeJS.ProcessEnv): void {
  const ci = env["CI"] ?? "";
  if (ci === "" || ci === "0" || ci === "false") return;
  throw new HarnessError(
    "usage",
    `--keep-up waits for a person, and CI is set (CI=${ci}): the job would never end. Leave it out.`,
  );
}

/** What is up, where, and how to end it. */
export function standingLines({ scenario, verdict, addresses }: Standing): readonly string[] {
  const width = Math.max(...addresses.map(({ name }) => name.length));
  return [
    `kept up after ${scenario} (${verdict}); what happens from now on is no evidence`,
    ...addresses.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`),
    "to end it: Ctrl-C here, or gameday clean elsewhere; the report follows then",
  ];
}
