import { placeText } from "../../checker/evidence.ts";
import { effectsIn, outcomeIn, type Recorded } from "./recorded.ts";
import type { Outcome } from "../../model/verdict.ts";

/** One business event and its outcome. */
export interface Payment {
  readonly key: string;
  readonly eventId: string;
  readonly operation: string;
  readonly account: string;
  /** Minor units. */
  readonly amount: number;
  readonly outcome: Outcome;
  readonly sentAtMs: number;
  /** From the send to the first COMMIT of its key that the server answered; null when none was seen. */
  readonly latencyMs: number | null;
  readonly position: string | null;
  readonly deliveries: number;
  /** How often each declared effect is there. */
  readonly effects: readonly { readonly id: string; readonly times: number }[];
}

/** Outcomes that mean money is where it should be. */
const SETTLED: ReadonlySet<Outcome> = new Set(["once", "recovered"]);

export function isAtRisk({ outcome }: Payment): boolean {
  return !SETTLED.has(outcome);
}

/**
 * Every accepted event of the workload, in the order of its intents. Linear in the journal. Without the
 * ledgers (the run was cut short) no outcome is known.
 */
export function paymentsOf(evidence: Recorded): readonly Payment[] {
  const committedAt = firstCommits(evidence);
  const deliveries = deliveriesByPlace(evidence);
  const intents = new Map(evidence.intents.map((intent) => [idOf(intent), intent]));
  return evidence.expected.flatMap((event): readonly Payment[] => {
    const intent = intents.get(idOf(event));
    if (intent === undefined) return [];
    const place = event.position === null ? null : placeText(event.position);
    const at = committedAt.get(event.key);
    return [
      {
        key: event.key,
        eventId: event.eventId,
        operation: intent.operation,
        account: intent.account,
        amount: intent.amount,
        outcome: outcomeIn(evidence, event),
        sentAtMs: intent.sentAtMs,
        latencyMs: at === undefined || at < intent.sentAtMs ? null : at - intent.sentAtMs,
        position: place,
        deliveries: place === null ? 0 : (deliveries.get(place) ?? 0),
        effects: evidence.header.effects.map(({ id }) => ({
          id,
          times: effectsIn(evidence, event, id).length,
        })),
      },
    ];
  });
}

/** The one currency that the effect rows name; null when they name none, or several. */
export function currencyOf({ changes }: Recorded): string | null {
  const named = new Set(
    changes.flatMap(({ after }) =>
      typeof after?.["currency"] === "string" ? [after["currency"]] : [],
    ),
  );
  const [only] = named;
  return named.size === 1 && only !== undefined && /^[A-Z]{3}$/.test(only) ? only : null;
}

function idOf({ key, eventId }: { readonly key: string; readonly eventId: string }): string {
  return JSON.stringify([key, eventId]);
}

function firstCommits({ wires }: Recorded): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { boundary, tag, keys, atMs } of wires) {
    if (boundary !== "postgres.commit.applied" || tag !== "COMMIT") continue;
    for (const key of keys) if (!found.has(key)) found.set(key, atMs);
  }
  return found;
}

function deliveriesByPlace({ deliveries }: Recorded): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { position } of deliveries) {
    const place = placeText(position);
    found.set(place, (found.get(place) ?? 0) + 1);
  }
  return found;
}
