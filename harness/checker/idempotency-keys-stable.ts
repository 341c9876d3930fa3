import { checked, type Checker } from "./check.ts";

/** Every call made for one event carries the same idempotency key, whoever makes it and whenever. */
export const idempotencyKeysStable: Checker = {
  id: "idempotency-keys-stable",
  check: (evidence) => {
    const keys = new Map<string, Set<string>>();
    for (const { moment, eventId, idempotencyKey } of evidence.calls) {
      if (moment !== "received" || eventId === null) continue;
      const seen = keys.get(eventId) ?? new Set<string>();
      keys.set(eventId, seen.add(idempotencyKey ?? "none"));
    }
    return checked(
      [...keys].flatMap(([eventId, seen]) => {
        const event = evidence.expectedByEventId.get(eventId);
        if (event === undefined || seen.size < 2) return [];
        const message = `idempotency-keys-stable: ${event.key} was called with ${seen.size} idempotency keys, expected one: ${[...seen].join(", ")}.`;
        return [{ key: event.key, message }];
      }),
    );
  },
};
