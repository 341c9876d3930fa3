import { expect, test } from "vitest";
import { refuseKeepUpInCi, standingLines } from "./keep-up.ts";

test.each(["true", "1", "yes"])("CI=%s refuses to wait for a person", (ci) => {
  expect(() => refuseKeepUpInCi({ CI: ci })).toThrow(/--keep-up waits for a person.*CI=/);
});

test.each([{}, { CI: "" }, { CI: "false" }, { CI: "0" }])("%j is no CI", (env) => {
  expect(() => refuseKeepUpInCi(env)).not.toThrow();
});

test("says the verdict, each address and both ways to end it", () => {
  const lines = standingLines({
    scenario: "baseline",
    verdict: "pass",
    addresses: [
      { name: "Kafka", value: "127.0.0.1:1" },
      { name: "health of consumer-1", value: "http://127.0.0.1:2/health" },
    ],
  });
  expect(lines).toEqual([
    "kept up after baseline (pass); what happens from now on is no evidence",
    "  Kafka                 127.0.0.1:1",
    "  health of consumer-1  http://127.0.0.1:2/health",
    "to end it: Ctrl-C here, or gameday clean elsewhere; the report follows then",
  ]);
});
