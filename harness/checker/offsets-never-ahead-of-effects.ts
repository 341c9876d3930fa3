import { checked, type Breach, type Checker } from "./check.ts";
import { placeText, type Evidence, type Expected } from "./evidence.ts";

/**
 * When an instance asks Kafka to commit an offset, Postgres has committed the work of every event
 * below it. Order is the order on the wire (`seq`), never time.
 */
export const offsetsNeverAheadOfEffects: Checker = {
  id: "offsets-never-ahead-of-effects",
  standsInPrefix: true,
  check: (evidence) => checked(breaches(evidence)),
};

function breaches(evidence: Evidence): readonly Breach[] {
  const byPartition = expectedByPartition(evidence);
  const covered = new Map<string, number>();
  const found: Breach[] = [];
  for (const commit of evidence.commits) {
    if (commit.moment !== "requested") continue;
    const name = `${commit.topic}/${commit.partition}`;
    const events = byPartition.get(name) ?? [];
    let next = covered.get(name) ?? 0;
    for (; next < events.length; next += 1) {
      const event = events[next];
      if (event?.position === null || event === undefined) continue;
      if (event.position.offset >= commit.committed) break;
      const effectSeq = evidence.wires.firstCommitOf(event.key)?.seq ?? Infinity;
      if (effectSeq > commit.seq) {
        const message = `offsets-never-ahead-of-effects: ${commit.instance} committed offset ${commit.committed} before Postgres had committed ${event.key} (${placeText(event.position)}).`;
        found.push({ key: event.key, message, seqs: [event.seq, commit.seq] });
      }
    }
    covered.set(name, next);
  }
  return found;
}

function expectedByPartition(evidence: Evidence): ReadonlyMap<string, readonly Expected[]> {
  const byPartition = new Map<string, Expected[]>();
  for (const event of evidence.expected) {
    if (event.position === null) continue;
    const name = `${event.position.topic}/${event.position.partition}`;
    const known = byPartition.get(name);
    if (known === undefined) byPartition.set(name, [event]);
    else known.push(event);
  }
  for (const events of byPartition.values()) {
    events.sort((a, b) => (a.position?.offset ?? 0) - (b.position?.offset ?? 0));
  }
  return byPartition;
}
