import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("the delay doubles and stays bounded", () => {
  expect([1, 2, 3].map(backoffMs)).toEqual([50, 100, 200]);
  expect(backoffMs(50)).toBe(30_000);
});
