import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const environment = {
  KAFKA_BROKERS: "localhost:9092",
  KAFKA_GROUP_ID: "payments",
  TOPIC_REQUESTED: "payments.requested",
  TOPIC_SETTLED: "payments.settled",
  SETTLEMENTS_GROUP_ID: "settlements",
  DATABASE_URL: "postgres://localhost/payments",
  PAYMENTS_API_URL: "http://localhost:1",
  INSTANCE_ID: "consumer-1",
  HTTP_PORT: "8080",
};

test("the defaults fit together", () => {
  const config = readConfig(environment);
  expect(config.CAPTURE_LEASE_MS).toBeGreaterThan(3 * config.API_TIMEOUT_MS);
});

test("a lease that ends before the calls of one attempt is refused", () => {
  expect(() => readConfig({ ...environment, CAPTURE_LEASE_MS: "6000" })).toThrow(
    /CAPTURE_LEASE_MS: must be longer than 3 x API_TIMEOUT_MS/,
  );
});

test("every missing variable is named", () => {
  expect(() => readConfig({})).toThrow(/KAFKA_BROKERS.*DATABASE_URL/);
});
