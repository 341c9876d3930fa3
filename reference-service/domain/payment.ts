import { createHash } from "node:crypto";
import { z } from "zod";

const ID_CHARS_MAX = 200;
const VALUE_CHARS_MAX = 64 * 1024;
/** Currencies this service books: minor units of anything else are not comparable. */
export const CURRENCIES = ["EUR", "USD", "GBP"] as const;

const id = z
  .string()
  .min(1)
  .max(ID_CHARS_MAX)
  // Postgres text cannot hold NUL: such a record would fail for ever.
  .refine((text) => !text.includes("\u0000"), "must not contain NUL");

const paymentSchema = z.object({
  eventId: id,
  paymentId: id,
  accountId: id,
  /** Minor units. */
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.enum(CURRENCIES),
  /** One event may ask for several operations; each takes effect by itself. */
  operation: z.enum(["payment", "fee"]),
});

/** A payment that was requested, or that has settled. */
export type Payment = z.infer<typeof paymentSchema>;

export type Parsed =
  | { readonly kind: "payment"; readonly payment: Payment }
  | { readonly kind: "malformed"; readonly reason: string };

/** Reads a record's value. Malformed input is data (a dead letter), never an exception. */
export function parsePayment(value: string | null): Parsed {
  if (value === null) return malformed("the record has no value");
  if (value.length > VALUE_CHARS_MAX) {
    return malformed(`the value has ${value.length} characters, allowed are ${VALUE_CHARS_MAX}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return malformed("the value is not JSON");
  }
  const result = paymentSchema.safeParse(json);
  if (result.success) return { kind: "payment", payment: result.data };
  const issue = result.error.issues[0];
  const where = issue === undefined ? "value" : issue.path.join(".") || "value";
  return malformed(`${where}: ${issue?.message ?? "not valid"}`);
}

/** A settled payment: its publisher may repeat it, so it must say which event it is in its header. */
export function parseSettled(value: string | null, eventId: string | undefined): Parsed {
  const parsed = parsePayment(value);
  if (parsed.kind === "malformed") return parsed;
  if (eventId === undefined) return malformed("no event-id header: a repeat could not be told");
  const known = id.safeParse(eventId);
  if (!known.success) return malformed(`event-id header: ${known.error.issues[0]?.message}`);
  return { kind: "payment", payment: { ...parsed.payment, eventId: known.data } };
}

/** The key comes from the event, so that every attempt of any instance sends the same one. */
export function idempotencyKeyOf({ eventId, operation }: Payment): string {
  return `capture:${eventId}:${operation}`;
}

/** Two events under one id must say the same; this is how that is told without keeping them. */
export function fingerprintOf(payment: Payment): string {
  const { paymentId, accountId, amount, currency, operation } = payment;
  const content = JSON.stringify([paymentId, accountId, amount, currency, operation]);
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

function malformed(reason: string): Parsed {
  return { kind: "malformed", reason };
}
