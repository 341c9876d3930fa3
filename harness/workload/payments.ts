import type { Intent } from "../model/intent.ts";
import { poisonedIn, type WorkloadSpec } from "../model/scenario.ts";
import type { Random } from "../ports/basics.ts";

const AMOUNT_MINOR_MIN = 100;
const AMOUNT_MINOR_MAX = 250_000;

/**
 * The payments of one scenario. Pure: the same spec and seed give the same payments. Keys carry a
 * random suffix so that one can never be a prefix of another when bytes are searched for them.
 */
export function planPayments(spec: WorkloadSpec, random: Random): readonly Intent[] {
  const { eventsPerKey = 1, operationsPerEvent = 1 } = spec;
  const planned = Array.from({ length: spec.events }, (_, index) => paymentAt(spec, random, index));
  const poison = new Map(poisonedIn(spec).map(({ at, kind }) => [at - 1, kind]));
  const first = planned.find(({ index }) => !poison.has(index));
  return planned.map((intent, index) => {
    const kind = poison.get(index);
    // What is shared is taken from the first of its kind.
    const ofKey = planned[index - (index % eventsPerKey)] ?? intent;
    const ofEvent = planned[index - (index % operationsPerEvent)] ?? intent;
    return {
      ...intent,
      key: ofKey.key,
      account: ofKey.account,
      eventId: (kind === "reused-id" ? first : ofEvent)?.eventId ?? intent.eventId,
      operation: index % operationsPerEvent === 0 ? "payment" : "fee",
      ...(kind === undefined ? {} : { isPoison: true, poison: kind }),
    };
  });
}

function paymentAt(spec: WorkloadSpec, random: Random, index: number): Intent {
  const suffix = random.integer(0, 0xffff_ffff).toString(16).padStart(8, "0");
  const serial = String(index + 1).padStart(6, "0");
  return {
    index,
    eventId: `evt-${serial}-${suffix}`,
    key: `pay-${serial}-${suffix}`,
    operation: "payment",
    account: `acc-${String(random.integer(1, spec.accounts)).padStart(3, "0")}`,
    amount: random.integer(AMOUNT_MINOR_MIN, AMOUNT_MINOR_MAX),
    currency: "EUR",
    isPoison: false,
    isCopy: false,
  };
}
