import type { CaptureAnswer, CaptureIntent, CaptureMeans, PaymentsApi, Policies } from "./ports.ts";

/** Works on one open capture; false when none is due. */
export async function captureNext(
  means: CaptureMeans,
  policies: Pick<Policies, "idempotencyKey" | "afterUnknown">,
): Promise<boolean> {
  const { store, api } = means;
  const leased = await store.lease();
  if (leased === null) return false;
  const intent = { ...leased, idempotencyKey: policies.idempotencyKey(leased) };
  const answer = await outcomeOf(intent, api);
  switch (answer.kind) {
    case "captured":
      await store.captured(intent, answer.providerId);
      return true;
    case "rejected":
      await store.failed(intent, answer.reason);
      return true;
    case "unknown":
      await policies.afterUnknown(intent, answer.reason, means);
      return true;
  }
}

/**
 * Every attempt after the first looks the idempotency key up before it calls: an earlier one may have
 * been applied without an answer. A lookup that fails says nothing, so nothing is called: once the
 * provider has forgotten the key, the call would charge again.
 */
async function outcomeOf(intent: CaptureIntent, api: PaymentsApi): Promise<CaptureAnswer> {
  if (intent.attempts > 1) {
    const known = await api.lookup(intent.idempotencyKey);
    if (known.kind !== "absent") return known;
  }
  return api.capture(intent);
}
