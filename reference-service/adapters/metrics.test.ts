import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

const place = { topic: "t", partition: 0, offset: "4" };
const zero = (): Promise<number> => Promise.resolve(0);

test("a gauge that cannot be read is left out; the counters stay", async () => {
  const metrics = createMetrics({
    outboxBacklog: () => Promise.reject(new Error("the database is down")),
    unresolvedCaptures: () => Promise.resolve(2),
  });
  metrics.delivered("payments", place);
  const text = await metrics.text();
  expect(text).toContain('deliveries_total{consumer="payments"} 1');
  expect(text).toContain("captures_unresolved 2");
  expect(text).not.toMatch(/^outbox_lag_rows/m);
});

test("a failure is one, and the same record handed over again is a retry", async () => {
  const metrics = createMetrics({ outboxBacklog: zero, unresolvedCaptures: zero });
  metrics.delivered("payments", place);
  metrics.failed("payments", place);
  metrics.delivered("payments", { ...place, partition: 1 });
  metrics.delivered("payments", place);
  const text = await metrics.text();
  expect(text).toContain('handler_failures_total{consumer="payments"} 1');
  expect(text).toContain('handler_retries_total{consumer="payments"} 1');
  expect(text).toContain('deliveries_total{consumer="payments"} 3');
});

test("a repeat of a dead letter is a duplicate, and no hit of the dedup row", async () => {
  const metrics = createMetrics({ outboxBacklog: zero, unresolvedCaptures: zero });
  metrics.handled("payments", "unreadable", "duplicate", 0);
  metrics.handled("payments", "payment", "duplicate", 0);
  const text = await metrics.text();
  expect(text).toContain('duplicate_deliveries_total{consumer="payments"} 2');
  expect(text).toContain('dedup_hits_total{consumer="payments"} 1');
});
