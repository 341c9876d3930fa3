import type pg from "pg";
import { idempotencyKeyOf, type Payment } from "../domain/payment.ts";
import type { PaymentStore, PaymentTransaction } from "../application/ports.ts";
import { inTransaction } from "./postgres.ts";

const CONSUMER = "payments";

export function createPaymentStore(pool: pg.Pool): PaymentStore {
  return {
    inTransaction: (work) => inTransaction(pool, (client) => work(transactionOn(client))),
    balanceOf: async (accountId) => {
      const { rows } = await pool.query<{ balance: string }>(
        `SELECT balance FROM accounts WHERE account_id = $1`,
        [accountId],
      );
      return Number(rows[0]?.balance ?? 0);
    },
  };
}

function transactionOn(client: pg.PoolClient): PaymentTransaction {
  return {
    markProcessed: async (payment, eventId) => {
      const result = await client.query(
        `INSERT INTO processed_events (consumer, event_id, operation, payment_id)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [CONSUMER, eventId, payment.operation, payment.paymentId],
      );
      return result.rowCount === 1;
    },
    applyEffects: (payment) => applyEffects(client, payment),
    overwriteBalance: async (accountId, balance) => {
      await client.query(
        `UPDATE accounts SET balance = $2, version = version + 1 WHERE account_id = $1`,
        [accountId, balance],
      );
    },
    deadLetter: async (delivery, reason) => {
      await client.query(
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
    },
  };
}

async function applyEffects(client: pg.PoolClient, payment: Payment): Promise<void> {
  const { eventId, paymentId, accountId, amount, currency } = payment;
  await client.query(
    `INSERT INTO ledger_entries (event_id, payment_id, account_id, amount, currency)
     VALUES ($1, $2, $3, $4, $5)`,
    [eventId, paymentId, accountId, amount, currency],
  );
  await client.query(
    `INSERT INTO accounts AS a (account_id, balance, version) VALUES ($1, $2, 1)
     ON CONFLICT (account_id) DO UPDATE
     SET balance = a.balance + EXCLUDED.balance, version = a.version + 1`,
    [accountId, amount],
  );
  await client.query(
    `INSERT INTO capture_intents
       (event_id, payment_id, account_id, amount, currency, idempotency_key)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [eventId, paymentId, accountId, amount, currency, idempotencyKeyOf(payment)],
  );
  await client.query(`INSERT INTO outbox (event_id, payment_id, payload) VALUES ($1, $2, $3)`, [
    eventId,
    paymentId,
    JSON.stringify({ eventId, paymentId, accountId, amount, currency }),
  ]);
}
