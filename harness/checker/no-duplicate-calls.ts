import { checked, type Checker } from "./check.ts";
import { effectsFor } from "./evidence.ts";

/** The external API applies each event's call once. */
export const noDuplicateCalls: Checker = {
  id: "no-duplicate-calls",
  standsInPrefix: true,
  check: (evidence) =>
    checked(
      evidence.expected.flatMap((event) =>
        evidence.header.effects.flatMap((declaration) => {
          const found = effectsFor(evidence, event, declaration.id);
          if (declaration.kind !== "call" || found.length < 2) return [];
          const { key } = event;
          const places = found.map(({ text }) => text).join("; ");
          const message = `no-duplicate-calls: ${key} was applied ${found.length} times by ${declaration.api}, expected once: ${places}.`;
          return [{ key, message, seqs: found.slice(0, 2).map(({ seq }) => seq) }];
        }),
      ),
    ),
};
