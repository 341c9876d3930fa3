import { expect, test } from "vitest";
import { asksToCommit, bindOf, startupKind, withApplicationName } from "./messages.ts";
import { startup } from "./testing/frames.ts";

test("application_name is added, or replaced, and the length is right", () => {
  const expected = startup({ user: "u", database: "d", application_name: "consumer-1" });
  expect(withApplicationName(startup({ user: "u", database: "d" }), "consumer-1")).toEqual(
    expected,
  );
  const named = startup({ user: "u", application_name: "theirs", database: "d" });
  expect(withApplicationName(named, "consumer-1")).toEqual(expected);
  expect(startupKind(expected)).toBe("startup");
});

test.each([
  ["COMMIT", true],
  ["  commit;", true],
  ["END", true],
  ["COMMIT PREPARED 'x'", false],
  ["SELECT 'COMMIT'", false],
  ["ENDPOINT", false],
])("%s asks to commit: %s", (sql, expected) => {
  expect(asksToCommit(sql)).toBe(expected);
});

test("Bind parameters are read, NULL left out", () => {
  const body = Buffer.concat([
    Buffer.from("\0stmt\0"),
    Buffer.from([0, 0, 0, 2]),
    Buffer.from([0, 0, 0, 3]),
    Buffer.from("abc"),
    Buffer.from([255, 255, 255, 255]),
    Buffer.from([0, 0]),
  ]);
  const head = Buffer.from([0x42, 0, 0, 0, body.length + 4]);
  expect(bindOf(Buffer.concat([head, body]))).toEqual({
    statement: "stmt",
    parameters: ["abc", null],
  });
});

test("a Bind with a count of formats that cannot be has no parameters", () => {
  const body = Buffer.concat([Buffer.from("\0stmt\0"), Buffer.from([0xff, 0xf0, 0, 1])]);
  const head = Buffer.from([0x42, 0, 0, 0, body.length + 4]);
  expect(bindOf(Buffer.concat([head, body]))).toEqual({ statement: "stmt", parameters: [] });
});
