import { counted } from "../numbers.ts";
import type { StoredRun } from "../stored-run.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";

/** What this run does not show. */
export function limitsOf(run: StoredRun, facts: readonly ScenarioFacts[]): readonly string[] {
  const durability = facts
    .flatMap(({ result }) => result.assumptions)
    .find(({ name }) => name === "database-settings")?.detail;
  const forced = new Set(
    facts.flatMap(({ result }) => result.faults.map(({ trigger }) => trigger)),
  );
  const evicted = facts.some(({ evidence }) => evidence?.header.eviction === "harness-leave-group");
  const { calibration, gamedayVersion } = run.result;
  return [
    "Power loss, disk loss and region loss were not rehearsed: everything ran on one machine.",
    ...(durability?.includes("fsync=off") === true
      ? [
          `Postgres ran with ${durability}: that is enough to judge process kills and says nothing of power loss.`,
        ]
      : []),
    `A fault struck at ${counted(forced.size, "chosen moment")}. Other moments of the same conversation were not tried.`,
    ...(evicted
      ? [
          "Where a consumer died, the harness left the group on its behalf: real groups wait for the session timeout first, so real recovery takes longer.",
        ]
      : []),
    "Latencies include the harness's own links and are no benchmark of the service.",
    "An outcome is judged by the effects the configuration declares; effects that are not declared are not seen.",
    ...(calibration === undefined || calibration.gamedayVersion === gamedayVersion
      ? []
      : [
          `The calibration cited (${counted(calibration.variants.length, "known-broken variant")} caught) is of gameday ${calibration.gamedayVersion}; this run is by ${gamedayVersion}, which may judge differently.`,
        ]),
    ...(run.partial === null ? [] : [`This report is partial. ${run.partial}`]),
  ];
}
