import type { Producer } from "kafkajs";
import type pg from "pg";
import type { Outbox, OutboxRow, Publish } from "../application/ports.ts";
import { inTransaction } from "./postgres.ts";

const BATCH_ROWS_MAX = 50;

interface StoredRow {
  readonly id: string;
  readonly event_id: string;
  readonly payment_id: string;
  readonly payload: string;
}

/**
 * Rows are found by `published_at IS NULL`, not by a cursor (a row with a lower id may commit
 * later), and locked with SKIP LOCKED so that several relays never publish one row together.
 */
export function createOutbox(pool: pg.Pool): Outbox {
  return {
    withBatch: (work) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<StoredRow>(
          `SELECT id, event_id, payment_id, payload FROM outbox WHERE published_at IS NULL
           ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
          [BATCH_ROWS_MAX],
        );
        const batch = rows.map((row) => rowOf(row));
        return work(batch, async () => {
          await client.query(
            `UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY($1::bigint[])`,
            [rows.map((row) => row.id)],
          );
        });
      }),
  };
}

function rowOf(row: StoredRow): OutboxRow {
  return { id: row.id, eventId: row.event_id, paymentId: row.payment_id, payload: row.payload };
}

/** At-least-once, with the event id in a header for consumers to dedup by. */
export function createPublish(producer: Producer, topic: string): Publish {
  return async (rows) => {
    await producer.send({
      topic,
      acks: -1,
      messages: rows.map((row) => ({
        key: row.paymentId,
        value: row.payload,
        headers: { "event-id": row.eventId },
      })),
    });
  };
}
