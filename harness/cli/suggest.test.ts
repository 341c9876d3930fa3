import { expect, test } from "vitest";
import { suggest } from "./suggest.ts";

test("a near name is suggested", () => {
  expect(suggest("no-dedupe", ["no-dedup", "ack-before-commit"])).toBe('Did you mean "no-dedup"?');
});

test("a far name gets the list", () => {
  expect(suggest("zzz", ["no-dedup"])).toBe("Known: no-dedup.");
});
