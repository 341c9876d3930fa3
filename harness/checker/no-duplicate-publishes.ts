import { checked, type Breach, type Checker } from "./check.ts";
import { effectsFor, type Effect, type Evidence, type Expected } from "./evidence.ts";

/**
 * By contract: where a topic says `once`, no event is published twice; where it says `at-least-once`,
 * a record that is published again says which event it is, so that consumers can tell.
 */
export const noDuplicatePublishes: Checker = {
  id: "no-duplicate-publishes",
  standsInPrefix: true,
  check: (evidence) => checked(evidence.expected.flatMap((event) => breachesOf(evidence, event))),
};

function breachesOf(evidence: Evidence, event: Expected): readonly Breach[] {
  const { key } = event;
  return evidence.header.effects.flatMap((declaration) => {
    if (declaration.kind !== "record") return [];
    const found = effectsFor(evidence, event, declaration.id);
    if (found.length < 2) return [];
    const places = found.map(({ text }) => text).join("; ");
    const nameless = found.filter(({ eventId }) => eventId === null).length;
    if (declaration.delivery === "once") {
      const message = `no-duplicate-publishes: ${key} was published ${found.length} times, its topic promises once: ${places}.`;
      return [{ key, message, seqs: found.slice(0, 2).map(({ seq }) => seq) }];
    }
    if (nameless === 0) return [];
    const message = `no-duplicate-publishes: ${key} was published ${found.length} times, and ${nameless} of these records carry no event id to tell a repeat by: ${places}.`;
    return [{ key, message, seqs: namelessWithAnother(found) }];
  });
}

/** One record that cannot be told, and one that it repeats or that repeats it. */
function namelessWithAnother(found: readonly Effect[]): readonly number[] {
  const nameless = found.find(({ eventId }) => eventId === null);
  const another = found.find((effect) => effect !== nameless);
  return [nameless, another].flatMap((effect) => effect?.seq ?? []).sort((a, b) => a - b);
}
