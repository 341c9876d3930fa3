import { expect, test } from "vitest";
import { insertOf, rowOf } from "./insert.ts";

const SEEN = { consumer: "posting", event_id: "e-1" };

test.each([
  ["parameters", "INSERT INTO seen (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"],
  ["another order", "insert into seen (event_id, consumer) values ($2, $1)"],
  [
    "schema, quotes, casts",
    `INSERT INTO public."seen" ("consumer", event_id) VALUES ($1::text, $2)`,
  ],
  ["literals", "INSERT INTO seen (consumer, event_id) VALUES ('posting', 'e-1')"],
  [
    "a literal among parameters",
    "INSERT INTO seen AS s (consumer, event_id) VALUES ('posting', $2)",
  ],
  ["an expression is left out", "INSERT INTO seen (consumer, event_id, at) VALUES ($1, $2, now())"],
])("the row of an INSERT with %s", (_, sql) => {
  const insert = insertOf(sql);
  expect(insert?.table).toBe("seen");
  expect(insert === null ? null : rowOf(insert, ["posting", "e-1"])).toEqual(SEEN);
});

test.each([
  ["another statement", "UPDATE seen SET consumer = $1"],
  ["several rows", "INSERT INTO seen (a) VALUES ($1), ($2)"],
  ["a query", "INSERT INTO seen (a) SELECT $1"],
  ["no columns", "INSERT INTO seen VALUES ($1)"],
  ["fewer values than columns", "INSERT INTO seen (a, b) VALUES ($1)"],
  ["an end that is missing", "INSERT INTO seen (a) VALUES ($1"],
])("%s is not read", (_, sql) => {
  expect(insertOf(sql)).toBeNull();
});

test("NULL, and a parameter that was not bound, are left out; quotes and commas are text", () => {
  const insert = insertOf("INSERT INTO seen (a, b, c) VALUES ($1, $2, 'it''s, (here)')");
  expect(insert === null ? null : rowOf(insert, [null])).toEqual({ c: "it's, (here)" });
});
