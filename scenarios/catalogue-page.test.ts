import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadPackaged } from "../harness/cli/load.ts";
import { caught } from "./caught.ts";
import { cataloguePage } from "./catalogue-page.ts";

const { scenarios } = await loadPackaged();

test("README.md is what the scenario files say", async () => {
  await expect(cataloguePage(scenarios, caught)).toMatchFileSnapshot("README.md");
});

test("every runbook link leads somewhere", () => {
  for (const { id, runbook } of scenarios) {
    const [file = "", anchor = ""] = runbook.split("#");
    const page = new URL(`../${file}`, import.meta.url);
    expect(existsSync(page), id).toBe(true);
    const headings = readFileSync(page, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("## "))
      .map((line) => line.slice(3).toLowerCase().replaceAll(" ", "-"));
    expect(headings, id).toContain(anchor);
  }
});

test("at least three scenarios wait for the true session timeout", () => {
  const slow = scenarios.filter(({ eviction }) => eviction === "session-timeout");
  expect(slow.length).toBeGreaterThanOrEqual(3);
});
