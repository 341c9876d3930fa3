import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GUARANTEES } from "../model/guarantee.ts";
import { ASSUMPTIONS } from "../model/history.ts";
import { explain, sectionOf } from "./explain.ts";

const page = readFileSync(new URL("../../docs/guarantees.md", import.meta.url), "utf8");

test.each([...GUARANTEES])("%s has a section that explains it", (id) => {
  const section = sectionOf(id, page);
  expect(section).toMatch(new RegExp(`^## ${id}\n\n.{30,}`));
  expect(section?.match(/^#/gm)).toHaveLength(1);
});

test.each([...ASSUMPTIONS])("assumption %s is explained with the others", (name) => {
  expect(sectionOf(name, page)).toContain(name);
});

test("a misspelt name is an error with the near one", () => {
  expect(() => explain("no-duplicate-effect", () => undefined)).toThrow(
    /Did you mean "no-duplicate-effects"/,
  );
});
