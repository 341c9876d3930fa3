import { expect, test } from "vitest";
import { sanitize } from "./sanitize.ts";

test("escapes, controls and direction marks are made harmless", () => {
  expect(sanitize("a\u001b[31mred\u202eb\u0000")).toBe("a�[31mred�b�");
});
