import pg from "pg";
import { expect, test } from "vitest";
import { isPermanent } from "./postgres.ts";

function failureOf(code: string): Error {
  return Object.assign(new pg.DatabaseError("no", 0, "error"), { code });
}

test.each([
  ["22003", "a number out of range", true],
  ["23505", "a second row under a unique key", true],
  ["08006", "a lost connection", false],
  ["40001", "a serialization failure", false],
  ["53300", "too many connections", false],
  ["55P03", "a lock that was not to be had", false],
  ["57P01", "a database that shuts down", false],
  ["42703", "a column that is not there yet", false],
])("%s, %s: permanent is %s", (code, _, expected) => {
  expect(isPermanent(failureOf(code))).toBe(expected);
});

test("what is no answer of the database may pass", () => {
  expect(isPermanent(new Error("Connection terminated unexpectedly"))).toBe(false);
});
