import type pg from "pg";
import type { CaptureIntent, CaptureStore } from "../application/ports.ts";

interface LeasedRow {
  readonly id: string;
  readonly event_id: string;
  readonly payment_id: string;
  readonly account_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly idempotency_key: string;
  readonly attempts: number;
}

/**
 * Each step is one statement, so the lease is committed before the call leaves. Later steps check
 * `attempts`, which fences a worker whose lease was taken over: it is told of, and changes nothing.
 */
export function createCaptureStore(
  pool: pg.Pool,
  leaseMs: number,
  onFenced: (intent: CaptureIntent) => void,
): CaptureStore {
  const settle = async (
    intent: CaptureIntent,
    set: string,
    values: readonly (string | number)[],
  ): Promise<void> => {
    const { rowCount } = await pool.query(
      `UPDATE capture_intents SET lease_until = NULL, ${set}
       WHERE id = $1 AND attempts = $2 AND state = 'in_flight'`,
      [intent.id, intent.attempts, ...values],
    );
    if (rowCount === 0) onFenced(intent);
  };
  return {
    lease: () => lease(pool, leaseMs),
    captured: (intent, providerId) =>
      settle(intent, `state = 'captured', provider_id = $3`, [providerId]),
    retryLater: (intent, delayMs, reason) =>
      settle(
        intent,
        `state = 'pending', reason = $4,
         next_attempt_at = clock_timestamp() + make_interval(secs => $3::float / 1000)`,
        [delayMs, reason],
      ),
    failed: (intent, reason) => settle(intent, `state = 'failed', reason = $3`, [reason]),
    unresolved: (intent, reason) => settle(intent, `state = 'unresolved', reason = $3`, [reason]),
    unresolvedCount: async () => {
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM capture_intents WHERE state = 'unresolved'`,
      );
      return rows[0]?.count ?? 0;
    },
  };
}

async function lease(pool: pg.Pool, leaseMs: number): Promise<CaptureIntent | null> {
  const result = await pool.query<LeasedRow>(
    `UPDATE capture_intents SET state = 'in_flight', attempts = attempts + 1,
       lease_until = clock_timestamp() + make_interval(secs => $1::float / 1000)
     WHERE id = (
       SELECT id FROM capture_intents
       WHERE (state = 'pending' AND next_attempt_at <= clock_timestamp())
          OR (state = 'in_flight' AND lease_until < clock_timestamp())
       ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, event_id, payment_id, account_id, amount, currency, idempotency_key, attempts`,
    [leaseMs],
  );
  const row = result.rows[0];
  if (row === undefined) return null;
  return {
    id: row.id,
    eventId: row.event_id,
    paymentId: row.payment_id,
    accountId: row.account_id,
    amount: Number(row.amount),
    currency: row.currency,
    idempotencyKey: row.idempotency_key,
    attempts: row.attempts,
  };
}
