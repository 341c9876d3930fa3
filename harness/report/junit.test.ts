import { spawnSync } from "node:child_process";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { junit } from "./junit.ts";
import {
  failedRun,
  HOSTILE,
  hostileRun,
  manyScenarios,
  savedRun,
  savedRuns,
  whole,
} from "./testing/runs.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Every element of a well-formed document, in order; throws where it is not well-formed. */
function elementsOf(text: string): readonly Element[] {
  const parser = new SaxesParser();
  const elements: Element[] = [];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => elements.push({ name, attributes }));
  parser.write(text).close();
  return elements;
}

const count = (elements: readonly Element[], name: string): number =>
  elements.filter((element) => element.name === name).length;

const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;

/** Null where xmllint is not installed: saxes has judged the document already. */
function xmllintSays(text: string): string | null {
  if (!hasXmllint) return null;
  const { stderr, status } = spawnSync("xmllint", ["--noout", "-"], { input: text });
  return status === 0 ? null : stderr.toString();
}

describe("one testcase for each scenario and guarantee", () => {
  test.each([...savedRuns])("%s", (_, result) => {
    const elements = elementsOf(junit.render(whole(result)));
    const guarantees = result.scenarios.flatMap((scenario) => scenario.guarantees);
    const broken = guarantees.filter(({ violated }) => violated === true);
    expect(count(elements, "testsuite")).toBe(result.scenarios.length);
    expect(count(elements, "testcase")).toBe(guarantees.length);
    expect(count(elements, "failure")).toBe(broken.length);
    expect(count(elements, "error")).toBe(0);
    expect(elements[0]?.attributes).toMatchObject({
      tests: String(guarantees.length),
      failures: String(broken.length),
    });
  });

  test("a run that proves nothing has no passed testcase, and each says why", () => {
    const elements = elementsOf(junit.render(whole(savedRun("inconclusive-never-fired"))));
    expect(count(elements, "skipped")).toBe(count(elements, "testcase"));
    for (const { name, attributes } of elements) {
      if (name === "skipped") expect(attributes["message"]).toMatch(/never fired|not judged/);
    }
  });

  test("what could not be rehearsed is an error, never a pass", () => {
    const text = junit.render(whole(failedRun("environment", "Kafka did not start.\nits log")));
    const elements = elementsOf(text);
    expect(count(elements, "error")).toBe(count(elements, "testcase"));
    expect(text).toContain("Kafka did not start.");
  });

  test("an interrupted run, a torn journal and scenarios that were not run are errors", () => {
    const base = savedRun("pass");
    const result = { ...base, notRun: [{ id: "later", reason: "global timeout" }] };
    const text = junit.render({ result, events: [], partial: "the last line is torn" });
    expect(count(elementsOf(text), "error")).toBe(2);
    expect(text).toContain("not run: global timeout");
    const interrupted = junit.render(whole(failedRun("interrupted", "Interrupted.")));
    expect(interrupted).not.toContain("system-out");
  });

  test("a scenario that this stack cannot rehearse is skipped, with the reason", () => {
    const result = { ...savedRun("pass"), leftOut: [{ id: "clock", reason: "no library" }] };
    const text = junit.render(whole(result));
    expect(count(elementsOf(text), "skipped")).toBe(1);
    expect(text).toContain("left out: no library");
  });

  test("a failure tells the story and how to reproduce it", () => {
    const text = junit.render(whole(savedRun("no-duplicate-effects")));
    expect(text).toMatch(/delivered to consumer-2 \(attempt 2\)/);
    expect(text).toMatch(/reproduce: gameday run kill-consumer-between-commit-and-ack/);
  });
});

test.each(HOSTILE.map((text) => [text.slice(0, 20), text]))(
  "hostile text stays text and the document well-formed: %j",
  (_, text) => {
    const document = junit.render(whole(hostileRun(text)));
    const usual = elementsOf(junit.render(whole(savedRun("no-duplicate-effects"))));
    const elements = elementsOf(document);
    expect(count(elements, "failure")).toBe(count(usual, "failure"));
    expect(xmllintSays(document)).toBeNull();
    expect(document.length).toBeLessThan(1_000_000);
  },
);

test("the parser of this test finds a document that is not well-formed", () => {
  expect(() => elementsOf("<a><b></a>")).toThrow();
  expect(() => elementsOf("<a>\u0000</a>")).toThrow();
});

test("forty scenarios are forty suites", () => {
  const elements = elementsOf(junit.render(whole(manyScenarios(savedRun("pass"), 40))));
  expect(count(elements, "testsuite")).toBe(40);
});
