import type pg from "pg";
import { fingerprintOf, idempotencyKeyOf, type Payment } from "../domain/payment.ts";
import type {
  DedupKey,
  PaymentStore,
  PaymentTransaction,
  PostOptions,
  Sighting,
} from "../application/ports.ts";
import { Refused } from "../application/refused.ts";
import { inTransaction, purgeOlder } from "./postgres.ts";

export function createPaymentStore(pool: pg.Pool): PaymentStore {
  return {
    inTransaction: (work) => inTransaction(pool, (client) => work(transactionOn(client))),
    inUncheckedTransaction: (work) =>
      inTransaction(pool, (client) => work(transactionOn(client)), { isChecked: false }),
    accountOf: async (accountId) => {
      const { rows } = await pool.query<{ balance: string; version: string }>(
        `SELECT balance, version FROM accounts WHERE account_id = $1`,
        [accountId],
      );
      const [row] = rows;
      return { balance: Number(row?.balance ?? 0), version: Number(row?.version ?? 0) };
    },
    purgeProcessed: (retentionMs, now) =>
      purgeOlder(pool, { table: "processed_events", column: "processed_at", retentionMs, now }),
  };
}

function transactionOn(client: pg.PoolClient): PaymentTransaction {
  return {
    markProcessed: (key, payment) => markProcessed(client, key, payment),
    hasProcessed: async ({ consumer, eventId, operation }) => {
      const { rows } = await client.query(
        `SELECT 1 FROM processed_events
         WHERE consumer = $1 AND event_id = $2 AND operation = $3`,
        [consumer, eventId, operation],
      );
      return rows.length > 0;
    },
    postPayment: (payment, options) => postPayment(client, payment, options),
    recordSettlement: async ({ eventId, paymentId, amount }) => {
      await client.query(
        `INSERT INTO settlements (event_id, payment_id, amount) VALUES ($1, $2, $3)`,
        [eventId, paymentId, amount],
      );
    },
    overwriteBalance: async (accountId, { balance, version }) => {
      await client.query(`UPDATE accounts SET balance = $2, version = $3 WHERE account_id = $1`, [
        accountId,
        balance,
        version,
      ]);
    },
    deadLetter: async (delivery, reason) => {
      const { rowCount } = await client.query(
        `INSERT INTO dead_letters (topic, partition, kafka_offset, reason, payload)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [
          delivery.topic,
          delivery.partition,
          delivery.offset,
          reason,
          // Postgres text cannot hold NUL.
          delivery.value?.replaceAll("\u0000", "\\0") ?? null,
        ],
      );
      return rowCount === 1;
    },
  };
}

/** The row count of ON CONFLICT DO NOTHING is the one answer that a race cannot make wrong. */
async function markProcessed(
  client: pg.PoolClient,
  { consumer, eventId, operation }: DedupKey,
  payment: Payment,
): Promise<Sighting> {
  const fingerprint = fingerprintOf(payment);
  const { rowCount } = await client.query(
    `INSERT INTO processed_events (consumer, event_id, operation, payment_id, fingerprint)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [consumer, eventId, operation, payment.paymentId, fingerprint],
  );
  if (rowCount === 1) return "first";
  const { rows } = await client.query<{ fingerprint: string }>(
    `SELECT fingerprint FROM processed_events
     WHERE consumer = $1 AND event_id = $2 AND operation = $3`,
    [consumer, eventId, operation],
  );
  const [known] = rows;
  return known !== undefined && known.fingerprint !== fingerprint ? "conflict" : "seen";
}

async function postPayment(
  client: pg.PoolClient,
  payment: Payment,
  { captured, withoutOutbox = false }: PostOptions = {},
): Promise<void> {
  const { eventId, paymentId, accountId, amount, currency, operation } = payment;
  const { rowCount } = await client.query(
    `INSERT INTO accounts AS a (account_id, currency, balance, version) VALUES ($1, $2, $3, 1)
     ON CONFLICT (account_id) DO UPDATE
     SET balance = a.balance + EXCLUDED.balance, version = a.version + 1
     WHERE a.currency = EXCLUDED.currency`,
    [accountId, currency, amount],
  );
  if (rowCount === 0) throw new Refused(`account ${accountId} is not in ${currency}`);
  await client.query(
    `INSERT INTO ledger_entries (event_id, payment_id, account_id, amount, currency)
     VALUES ($1, $2, $3, $4, $5)`,
    [eventId, paymentId, accountId, amount, currency],
  );
  await client.query(
    `INSERT INTO capture_intents
       (event_id, payment_id, account_id, amount, currency, idempotency_key, state, provider_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      eventId,
      paymentId,
      accountId,
      amount,
      currency,
      captured?.idempotencyKey ?? idempotencyKeyOf(payment),
      captured === undefined ? "pending" : "captured",
      captured?.providerId ?? null,
    ],
  );
  if (withoutOutbox) return;
  await client.query(`INSERT INTO outbox (event_id, payment_id, payload) VALUES ($1, $2, $3)`, [
    eventId,
    paymentId,
    JSON.stringify({ eventId, paymentId, accountId, amount, currency, operation }),
  ]);
}
