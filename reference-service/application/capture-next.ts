import { backoffMs } from "../domain/backoff.ts";
import type { CaptureIntent, CaptureStore, PaymentsApi, Policies } from "./ports.ts";

/**
 * Works on one open capture; false when none is due. Every attempt after the first looks the
 * idempotency key up before it calls: an earlier attempt may have been applied without an answer.
 */
export async function captureNext(
  store: CaptureStore,
  api: PaymentsApi,
  policies: Pick<Policies, "idempotencyKey" | "afterUnknown">,
): Promise<boolean> {
  const leased = await store.lease();
  if (leased === null) return false;
  const intent = { ...leased, idempotencyKey: policies.idempotencyKey(leased) };
  const known = intent.attempts > 1 ? await lookup(api, intent) : null;
  if (known !== null) {
    await store.captured(intent, known);
    return true;
  }
  const answer = await api.capture(intent);
  switch (answer.kind) {
    case "captured":
      await store.captured(intent, answer.providerId);
      return true;
    case "rejected":
      await store.failed(intent, answer.reason);
      return true;
    case "unknown":
      if (policies.afterUnknown(intent) === "retry") {
        await store.retryLater(intent, backoffMs(intent.attempts), answer.reason);
      } else {
        await store.failed(
          intent,
          `still unknown after ${intent.attempts} attempts: ${answer.reason}`,
        );
      }
      return true;
  }
}

/** A failed lookup says nothing; the call that follows carries the same key and is safe. */
async function lookup(api: PaymentsApi, intent: CaptureIntent): Promise<string | null> {
  try {
    return await api.lookup(intent.idempotencyKey);
  } catch {
    return null;
  }
}
