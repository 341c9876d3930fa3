import { expect, test } from "vitest";
import { variants } from "../reference-service/variants/index.ts";
import { caught } from "./caught.ts";

test("every twin of the reference service is to be caught somewhere, and no other", () => {
  expect(caught.map(({ variant }) => variant).sort()).toEqual(variants.map(({ id }) => id).sort());
});

test.each(variants)("$id is caught by what its module says that it breaks", ({ id, breaks }) => {
  const pair = caught.find(({ variant }) => variant === id);
  const found = Object.values(pair?.by ?? {});
  expect(found.some((guarantees) => guarantees.some((guarantee) => guarantee === breaks))).toBe(
    true,
  );
});
