import type { Producer } from "kafkajs";
import type pg from "pg";
import type { Outbox, OutboxRow, Publish } from "../application/ports.ts";
import { EVENT_ID_HEADER } from "../application/roles.ts";
import { inTransaction, purgeOlder } from "./postgres.ts";

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
    withBatch: (work) => inTransaction(pool, (client) => batchOf(client, "true", work)),
    withBatchAfterLast: (work) =>
      inTransaction(pool, (client) =>
        batchOf(
          client,
          `id > (SELECT coalesce(max(id), 0) FROM outbox WHERE published_at IS NOT NULL)`,
          work,
        ),
      ),
    backlog: async () => {
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL`,
      );
      return rows[0]?.count ?? 0;
    },
    // A row that is not published has no age: NULL is older than nothing.
    purgePublished: (retentionMs) =>
      purgeOlder(pool, { table: "outbox", column: "published_at", retentionMs, now: null }),
  };
}

async function batchOf<T>(
  client: pg.PoolClient,
  which: string,
  work: (rows: readonly OutboxRow[], mark: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const { rows } = await client.query<StoredRow>(
    // Only the oldest row of each payment: several relays side by side keep the order of one key.
    `SELECT id, event_id, payment_id, payload FROM outbox AS next
     WHERE published_at IS NULL AND ${which} AND NOT EXISTS (
       SELECT FROM outbox AS earlier WHERE earlier.payment_id = next.payment_id
         AND earlier.published_at IS NULL AND earlier.id < next.id)
     ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [BATCH_ROWS_MAX],
  );
  return work(
    rows.map((row) => rowOf(row)),
    async () => {
      await client.query(
        `UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY($1::bigint[])`,
        [rows.map((row) => row.id)],
      );
    },
  );
}

function rowOf(row: StoredRow): OutboxRow {
  return { id: row.id, eventId: row.event_id, paymentId: row.payment_id, payload: row.payload };
}

/** At-least-once, with the event id in a header for consumers to dedup by. */
export function createPublish(producer: Producer, topic: string): Publish {
  return async (rows, { withoutEventId = false } = {}) => {
    await producer.send({
      topic,
      acks: -1,
      messages: rows.map((row) => ({
        key: row.paymentId,
        value: row.payload,
        headers: withoutEventId ? {} : { [EVENT_ID_HEADER]: row.eventId },
      })),
    });
  };
}
