import { z } from "zod";

const paymentSchema = z.object({
  eventId: z.string().min(1).max(200),
  paymentId: z.string().min(1).max(200),
  accountId: z.string().min(1).max(200),
  /** Minor units. */
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
  operation: z.literal("payment"),
});

/** A payment that was requested: the one input of this service. */
export type Payment = z.infer<typeof paymentSchema>;

export type Parsed =
  | { readonly kind: "payment"; readonly payment: Payment }
  | { readonly kind: "malformed"; readonly reason: string };

/** Reads a record's value. Malformed input is data (a dead letter), never an exception. */
export function parsePayment(value: string | null): Parsed {
  if (value === null) return { kind: "malformed", reason: "the record has no value" };
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return { kind: "malformed", reason: "the value is not JSON" };
  }
  const result = paymentSchema.safeParse(json);
  if (result.success) return { kind: "payment", payment: result.data };
  const issue = result.error.issues[0];
  const where = issue === undefined ? "value" : issue.path.join(".") || "value";
  return { kind: "malformed", reason: `${where}: ${issue?.message ?? "not valid"}` };
}

/** The key comes from the event, so that every attempt of any instance sends the same one. */
export function idempotencyKeyOf(payment: Payment): string {
  return `capture:${payment.eventId}`;
}
