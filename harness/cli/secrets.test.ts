import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { GamedayConfig, InstanceWiring } from "../model/config.ts";
import { HarnessError } from "../model/errors.ts";
import type { EventBody } from "../model/history.ts";
import type { Intent } from "../model/intent.ts";
import { JournalWriter } from "../runner/journal-writer.ts";
import { loadPackaged } from "./load.ts";
import { guardSecrets, withoutSecrets } from "./secrets.ts";

const scratch = mkdtempSync(join(tmpdir(), "gameday-secrets-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const { config: base } = await loadPackaged();
const OWN = "CANARY-own-environment";
const GIVEN = "CANARY-given-to-subject";
const CARD = "CANARY-card-4111";

const config: GamedayConfig = {
  ...base,
  secrets: { env: ["API_TOKEN", "DATABASE_PASSWORD"], fields: ["card", "x-signature"] },
  subject: { ...base.subject, env: () => ({ DATABASE_PASSWORD: GIVEN }) },
  input: {
    ...base.input,
    encode: ({ key }) => ({
      key,
      value: JSON.stringify({ paymentId: key, card: CARD, deep: { card: `${CARD}-2` } }),
      headers: { "x-signature": "CANARY-signature" },
    }),
  },
};
const intent = {
  key: "pay-1",
  eventId: "evt-1",
  account: "a",
  operation: "o",
  amount: 5,
} as Intent;

function guarded() {
  const made = guardSecrets(config, { API_TOKEN: OWN });
  made.config.subject.env({} as InstanceWiring);
  made.config.input.encode(intent);
  return made;
}

/** Events as a subject that leaks everywhere would cause them. */
const leaks: readonly EventBody[] = [
  { stream: "note", text: `${OWN} ${GIVEN} ${CARD}` },
  {
    stream: "effect",
    table: "ledger",
    op: "insert",
    xid: "1",
    commitOrder: 1,
    instance: "consumer-1",
    before: null,
    after: { payment_id: "pay-1", card: "CANARY-of-a-row", note: `paid with ${CARD}` },
  },
  {
    stream: "fault",
    faultId: "f",
    moment: "failed",
    instance: null,
    frame: null,
    detail: `GET https://user:${GIVEN}@api/?card=CANARY-query failed, x-signature: CANARY-signature`,
  },
];

test("no canary is in the journal, and what is judged is what was written", () => {
  const path = join(scratch, "journal.ndjson");
  const journal = new JournalWriter(path, { nowMs: () => 0 }, { redactor: guarded().redactor });
  const recorder = journal.forScenario("s");
  for (const leak of leaks) recorder.record(leak);
  journal.close();
  const text = readFileSync(path, "utf8");
  expect(text).not.toMatch(/CANARY/);
  expect(text).toContain(`"payment_id":"pay-1"`);
  const written = text.trimEnd().split("\n");
  expect(journal.events().map((event) => JSON.stringify(event))).toEqual(written);
});

test("without secrets in the configuration the same canaries are there", () => {
  const path = join(scratch, "plain.ndjson");
  const journal = new JournalWriter(path, { nowMs: () => 0 });
  for (const leak of leaks) journal.forScenario("s").record(leak);
  journal.close();
  expect(readFileSync(path, "utf8").match(/CANARY/g)?.length).toBeGreaterThan(5);
});

test("equal secrets have equal marks in a run, and others in the next", () => {
  const one = guarded().redactor;
  const marks = one.text(`${CARD} and ${CARD} but ${OWN}`).match(/\[redacted [0-9a-f]{8}\]/g);
  expect(marks).toHaveLength(3);
  expect(marks?.[0]).toBe(marks?.[1]);
  expect(marks?.[0]).not.toBe(marks?.[2]);
  expect(guarded().redactor.text(CARD)).not.toBe(one.text(CARD));
});

test("errors are redacted, message and details", () => {
  const error = new HarnessError("environment", `no login with ${GIVEN}`, { details: [OWN] });
  const clean = withoutSecrets(error, guarded().redactor) as HarnessError;
  expect(`${clean.message} ${clean.details.join()}`).toMatch(/^no login with \[redacted .*\] \[/);
});

test("logs go through the harness only where something is secret", () => {
  expect(guarded().redactLogs).toBe(true);
  expect(guardSecrets(base, {}).redactLogs).toBe(false);
});

test.each<[string, GamedayConfig["secrets"], NodeJS.ProcessEnv, RegExp]>([
  ["a column that is judged", { fields: ["Payment_Id"] }, {}, /the verdict rests on/],
  ["an amount", { fields: ["amount"] }, {}, /the verdict rests on/],
  ["a secret too short to redact", { env: ["PIN"] }, { PIN: "1234" }, /shorter than 6/],
])("%s is refused before anything starts", (_, secrets, env, message) => {
  expect(() => guardSecrets({ ...base, secrets: secrets ?? {} }, env)).toThrow(message);
});

test("an unset secret is no error: a fork has none", () => {
  expect(() => guardSecrets(config, { API_TOKEN: "" })).not.toThrow();
});
