import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { historySchema, SHAPES } from "./history-shape.ts";

const file = fileURLToPath(new URL("../report/history.schema.json", import.meta.url));
const testdata = fileURLToPath(new URL("../checker/testdata/", import.meta.url));
// `GAMEDAY_WRITE_SCHEMA=1 npx vitest run harness/model` writes it anew after a change of the shapes.
if (process.env["GAMEDAY_WRITE_SCHEMA"] === "1") {
  writeFileSync(file, `${JSON.stringify(historySchema(), null, 2)}\n`);
}
const schema = JSON.parse(readFileSync(file, "utf8")) as { $defs: Record<string, object> };

test("the shipped schema says what the reader checks", () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(historySchema())));
  expect(Object.keys(schema.$defs)).toEqual(Object.keys(SHAPES));
});

const ajv = new Ajv2020({ allowUnionTypes: true, discriminator: false });
const ofStream = Object.fromEntries(
  Object.entries(schema.$defs).map(([stream, each]) => [stream, ajv.compile(each)]),
);

test.each(readdirSync(testdata))("every line of %s is as the schema of its stream says", (name) => {
  const text = gunzipSync(readFileSync(`${testdata}${name}/journal.ndjson.gz`)).toString();
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const event = JSON.parse(line) as { stream: string };
    const validate = ofStream[event.stream];
    validate?.(event);
    expect([line, validate?.errors]).toEqual([line, null]);
  }
});

test("what is not as a stream's schema says is refused", () => {
  const delivery = { seq: 1, atMs: 1, scenario: "s", stream: "delivery", instance: "i" };
  expect(ofStream["delivery"]?.({ ...delivery, key: null, attempt: "1" })).toBe(false);
  expect(ofStream["phase"]?.({ ...delivery, stream: "phase", phase: "tea" })).toBe(false);
});
