import { checked, type Checker } from "./check.ts";
import type { Expected } from "./evidence.ts";

/** Every call made for one event carries the same idempotency key, whoever makes it and whenever. */
export const idempotencyKeysStable: Checker = {
  id: "idempotency-keys-stable",
  check: (evidence) => {
    const keys = new Map<Expected, Set<string>>();
    for (const { moment, key, eventId, idempotencyKey } of evidence.calls) {
      const event = evidence.eventOf(key, eventId);
      if (moment !== "received" || event === null) continue;
      const seen = keys.get(event) ?? new Set<string>();
      keys.set(event, seen.add(idempotencyKey ?? "none"));
    }
    return checked(
      [...keys].flatMap(([event, seen]) => {
        if (seen.size < 2) return [];
        const message = `idempotency-keys-stable: ${event.key} was called with ${seen.size} idempotency keys, expected one: ${[...seen].join(", ")}.`;
        return [{ key: event.key, message }];
      }),
    );
  },
};
