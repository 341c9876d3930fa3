import { checked, type Checker } from "./check.ts";
import type { Expected } from "./evidence.ts";

/** Every call made for one event carries the same idempotency key, whoever makes it and whenever. */
export const idempotencyKeysStable: Checker = {
  id: "idempotency-keys-stable",
  standsInPrefix: true,
  check: (evidence) => {
    /** Seq of the first call under each idempotency key. */
    const keys = new Map<Expected, Map<string, number>>();
    for (const { moment, key, eventId, idempotencyKey, seq } of evidence.attempts) {
      const event = evidence.eventOf(key, eventId);
      if (moment !== "received" || event === null) continue;
      const seen = keys.get(event) ?? new Map<string, number>();
      const name = idempotencyKey ?? "none";
      if (!seen.has(name)) seen.set(name, seq);
      keys.set(event, seen);
    }
    return checked(
      [...keys].flatMap(([event, seen]) => {
        if (seen.size < 2) return [];
        const message = `idempotency-keys-stable: ${event.key} was called with ${seen.size} idempotency keys, expected one: ${[...seen.keys()].join(", ")}.`;
        return [{ key: event.key, message, seqs: [...seen.values()].slice(0, 2) }];
      }),
    );
  },
};
