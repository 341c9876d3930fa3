import { checked, unknown, type Checker } from "./check.ts";
import type { Evidence } from "./evidence.ts";
import { claimsOf } from "./metric-claims.ts";
import { repeatsByInstance } from "./repeats-by-instance.ts";

/**
 * The subject's own counters agree with the wires and the ledgers, for every instance whose process
 * lived from its start to the scrape (a counter dies with its process).
 */
export const metricsTellTheTruth: Checker = {
  id: "metrics-tell-the-truth",
  check: (evidence) => {
    const declared = evidence.header.metrics ?? null;
    // A subject without metrics cannot lie.
    if (declared === null) return checked([]);
    if (evidence.metrics.length === 0) return unknown("no instance answered with its metrics");
    // Scraped while it was still at work, a counter and its ledger are of different moments.
    if (!evidence.isDrained) return unknown("the system had not drained when it was asked");
    const scraped = [...new Set(evidence.metrics.map(({ instance }) => instance))];
    const whole = scraped.filter((name) => livedThroughout(evidence, name));
    const repeats = repeatsByInstance(evidence);
    return checked(
      whole.flatMap((instance) =>
        claimsOf(evidence, instance, repeats.get(instance)).flatMap(
          ({ what, shown, least, most }) => {
            if (shown >= least && shown <= most) return [];
            const seen =
              least === most
                ? `${least}`
                : `${least} to ${most === Infinity ? "any number" : most}`;
            const message = `metrics-tell-the-truth: your dashboard would have shown ${shown} ${what} by ${instance}; the evidence has ${seen}.`;
            return [{ key: null, message }];
          },
        ),
      ),
    );
  },
};

function livedThroughout({ processes }: Evidence, instance: string): boolean {
  const ofInstance = processes.filter((process) => process.instance === instance);
  const spawned = ofInstance.filter(({ kind }) => kind === "spawned");
  const diedUnplanned = ofInstance.filter(({ kind, planned }) => kind === "exited" && !planned);
  return spawned.length === 1 && diedUnplanned.length === 0;
}
