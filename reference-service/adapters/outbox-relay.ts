import type { Producer } from "kafkajs";
import type pg from "pg";
import { inTransaction } from "./postgres.ts";

const BATCH_ROWS_MAX = 50;

interface OutboxRow {
  readonly id: string;
  readonly event_id: string;
  readonly payment_id: string;
  readonly payload: string;
}

/**
 * Publishes, then marks: at-least-once, with the event id in a header for consumers to dedup by.
 * Rows are found by `published_at IS NULL`, not by a cursor (a row with a lower id may commit
 * later), and locked with SKIP LOCKED so that several relays never publish one row together.
 * Returns how many rows were published.
 */
export function relayOutbox(pool: pg.Pool, producer: Producer, topic: string): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<OutboxRow>(
      `SELECT id, event_id, payment_id, payload FROM outbox WHERE published_at IS NULL
       ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [BATCH_ROWS_MAX],
    );
    if (rows.length === 0) return 0;
    await producer.send({
      topic,
      acks: -1,
      messages: rows.map((row) => ({
        key: row.payment_id,
        value: row.payload,
        headers: { "event-id": row.event_id },
      })),
    });
    await client.query(
      `UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY($1::bigint[])`,
      [rows.map((row) => row.id)],
    );
    return rows.length;
  });
}
