import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadPackaged } from "../harness/cli/load.ts";
import { caught } from "./caught.ts";
import { cataloguePage } from "./catalogue-page.ts";
import { expectedPairs, type StoredCalibration } from "./stored-calibration.ts";

const { scenarios } = await loadPackaged();

const calibration = JSON.parse(
  readFileSync(new URL("calibration.json", import.meta.url), "utf8"),
) as StoredCalibration;

test("README.md is what the scenario files and the last calibration say", async () => {
  await expect(cataloguePage(scenarios, calibration)).toMatchFileSnapshot("README.md");
});

test("the stored calibration asked for what caught.ts expects, and found it", () => {
  const asked = calibration.pairs.map(({ variant, scenario, expected, also }) => ({
    variant,
    scenario,
    expected,
    also,
  }));
  const stale = "scenarios/caught.ts was changed and not calibrated again: npm run calibration";
  expect(asked, stale).toEqual(caught.flatMap(expectedPairs));
  const { isAsStated, verdict } = calibration;
  expect({ isAsStated, verdict }).toEqual({ isAsStated: true, verdict: "pass" });
  expect(calibration.pairs.filter(({ exact }) => !exact)).toEqual([]);
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

test("the service's page names only scenarios that there are", () => {
  const page = readFileSync(new URL("../reference-service/README.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const named = rows.flatMap(
    (row) => (row.split(" | ").at(-1) ?? "").match(/[a-z0-9]+(-[a-z0-9]+){2,}/g) ?? [],
  );
  const known = new Set([...scenarios.map(({ id }) => id), "metrics-tell-the-truth"]);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});

test("at least three scenarios wait for the true session timeout", () => {
  const slow = scenarios.filter(({ eviction }) => eviction === "session-timeout");
  expect(slow.length).toBeGreaterThanOrEqual(3);
});
