import { checked, type Breach, type Checker } from "./check.ts";
import { effectsFor, type Evidence, type Expected } from "./evidence.ts";

/** No event's row (or record, where the contract says once) is there twice. */
export const noDuplicateEffects: Checker = {
  id: "no-duplicate-effects",
  standsInPrefix: true,
  check: (evidence) => checked(evidence.expected.flatMap((event) => duplicatesOf(evidence, event))),
};

function duplicatesOf(evidence: Evidence, event: Expected): readonly Breach[] {
  return evidence.header.effects.flatMap((declaration) => {
    const isCounted =
      declaration.kind === "row" ||
      (declaration.kind === "record" && declaration.delivery === "once");
    const found = effectsFor(evidence, event, declaration.id);
    if (!isCounted || found.length < 2) return [];
    const { key } = event;
    const places = found.map(({ text }) => text).join("; ");
    const message = `no-duplicate-effects: ${key} took effect ${found.length} times in ${declaration.id}, expected once: ${places}.`;
    return [{ key, message, seqs: found.slice(0, 2).map(({ seq }) => seq) }];
  });
}
