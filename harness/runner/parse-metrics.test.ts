import { expect, test } from "vitest";
import { parseMetrics } from "./parse-metrics.ts";

test("samples are read with their labels; comments, buckets and NaN are not", () => {
  const text = [
    "# HELP effects_total x",
    'effects_total{consumer="payments"} 20',
    'latency_bucket{le="0.1"} 3',
    "latency_count 7 1700000000000",
    "broken NaN",
    'odd{a="x\\"y\\\\z\\n",b="2"} 1.5e3',
    "not a sample",
  ].join("\n");
  expect(parseMetrics(text)).toEqual([
    { name: "effects_total", labels: { consumer: "payments" }, value: 20 },
    { name: "latency_count", labels: {}, value: 7 },
    { name: "odd", labels: { a: 'x"y\\z\n', b: "2" }, value: 1500 },
  ]);
});
