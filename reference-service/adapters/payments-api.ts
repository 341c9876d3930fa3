import { z } from "zod";
import type {
  CaptureAnswer,
  CaptureIntent,
  LookupAnswer,
  Metrics,
  PaymentsApi,
} from "../application/ports.ts";

const created = z.object({ id: z.string() });
const found = z.object({ captures: z.array(created) });

/** Statuses that say nothing of the outcome: timed out, in flight under this key, too early, too many. */
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Counts every call and what it told. */
export function metered(
  api: PaymentsApi,
  metrics: Pick<Metrics, "called" | "lookedUp">,
): PaymentsApi {
  return {
    capture: async (intent) => {
      const answer = await api.capture(intent);
      metrics.called(answer.kind);
      return answer;
    },
    lookup: async (idempotencyKey) => {
      const answer = await api.lookup(idempotencyKey);
      metrics.lookedUp(answer.kind);
      return answer;
    },
  };
}

/** The provider over HTTP. No answer and 5xx are `unknown`, never `rejected`. */
export function createPaymentsApi(baseUrl: string, timeoutMs: number): PaymentsApi {
  const url = new URL("/v1/captures", baseUrl);
  return {
    capture: (intent) => capture(url, intent, timeoutMs),
    lookup: (idempotencyKey) => lookup(url, idempotencyKey, timeoutMs),
  };
}

async function lookup(url: URL, idempotencyKey: string, timeoutMs: number): Promise<LookupAnswer> {
  const query = new URL(url);
  query.searchParams.set("idempotencyKey", idempotencyKey);
  try {
    const response = await fetch(query, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { kind: "unknown", reason: `lookup: HTTP ${response.status}` };
    const [capture] = found.parse(await response.json()).captures;
    return capture === undefined
      ? { kind: "absent" }
      : { kind: "captured", providerId: capture.id };
  } catch (error) {
    return unknown(error, "lookup: ");
  }
}

async function capture(
  url: URL,
  intent: Omit<CaptureIntent, "id" | "attempts">,
  timeoutMs: number,
): Promise<CaptureAnswer> {
  const { paymentId, eventId, accountId, amount, currency, idempotencyKey } = intent;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": idempotencyKey,
        "x-payment-id": paymentId,
      },
      body: JSON.stringify({ paymentId, eventId, accountId, amount, currency }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status >= 500 || TRY_AGAIN.has(response.status)) {
      return { kind: "unknown", reason: `HTTP ${response.status}` };
    }
    if (!response.ok) return { kind: "rejected", reason: `HTTP ${response.status}` };
    return { kind: "captured", providerId: created.parse(await response.json()).id };
  } catch (error) {
    return unknown(error);
  }
}

/** No answer, or one that cannot be read, says nothing of the outcome. */
function unknown(error: unknown, what = ""): { readonly kind: "unknown"; readonly reason: string } {
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: "unknown", reason: `${what}${reason}` };
}
