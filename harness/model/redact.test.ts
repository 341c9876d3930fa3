import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedactor, plainRedactor } from "./redact.ts";

const CANARY = "CANARY-7f3a-9";
const redactor = () =>
  createRedactor({
    fields: ["card", "X-Api-Key"],
    mark: (secret) => `[redacted ${secret.length}]`,
  });

test.each([
  [`{"card":"${CANARY}","amount":5}`, `{"card":"[redacted 13]","amount":5}`],
  [`{ card: '${CANARY}', amount: 5 }`, `{ card: '[redacted 13]', amount: 5 }`],
  [`card=${CANARY}&amount=5`, `card=[redacted 13]&amount=5`],
  [`Key (card)=(${CANARY}) already exists.`, `Key (card)=([redacted 13]) already exists.`],
  [`x-api-key: ${CANARY}`, `x-api-key: [redacted 13]`],
  [`{"body":"{\\"card\\":\\"${CANARY}\\"}"}`, /^(?!.*CANARY)/],
  [`https://user:${CANARY}@api.example/x`, `https://user:[redacted 13]@api.example/x`],
  [`Authorization: Bearer ${CANARY}`, `Authorization: Bearer [redacted 13]`],
  [`{"authorization":"Basic ${CANARY}"}`, `{"authorization":"Basic [redacted 13]"}`],
  [`Set-Cookie: ${CANARY}; Path=/`, `Set-Cookie: [redacted 21]`],
  [`discard=this-stays, cardinal=stays`, `discard=this-stays, cardinal=stays`],
  [`nothing here`, `nothing here`],
])("%s", (raw, clean) => {
  if (typeof clean === "string") expect(redactor().text(raw)).toBe(clean);
  else expect(redactor().text(raw)).toMatch(clean);
});

test("a learned value is found wherever and however it is written", () => {
  const found = redactor();
  const secret = `p"ss wörd/+${CANARY}`;
  found.learn(secret);
  for (const form of [
    secret,
    JSON.stringify({ any: secret }),
    `?q=${encodeURIComponent(secret)}`,
    Buffer.from(secret).toString("base64"),
  ]) {
    const clean = found.text(`before ${form} after`);
    expect(clean).toMatch(/^before .*\[redacted \d+\].* after$/);
    expect(clean).not.toMatch(/CANARY|Q0FOQVJZ/);
  }
});

test("what a secret field of a payload holds is learned", () => {
  const found = redactor();
  found.learnFields(JSON.stringify({ card: CANARY, note: "ordinary" }), new Set());
  found.learnFields(JSON.stringify({ card: "ordinary" }), new Set(["ordinary"]));
  expect(found.text(`declined ${CANARY}: ordinary`)).toBe("declined [redacted 13]: ordinary");
});

test("columns, labels and headers are redacted by name; the harness's own fields are not", () => {
  const event = {
    stream: "effect",
    card: "of the harness",
    after: { card: 4111, Card: "x", id: 1, nested: { card: "y" }, none: null },
  };
  expect(redactor().value(event)).toEqual({
    stream: "effect",
    card: "of the harness",
    after: {
      card: "[redacted 4]",
      Card: "[redacted 1]",
      id: 1,
      nested: { card: "[redacted 1]" },
      none: null,
    },
  });
});

test("what is short is not learned: ordinary text would go with it", () => {
  const found = redactor();
  found.learn("pass");
  expect(found.text("verdict pass")).toBe("verdict pass");
});

test("redacting again changes nothing", () => {
  const found = redactor();
  found.learn(CANARY);
  const once = found.text(`card=${CANARY} https://a:${CANARY}@b authorization: ${CANARY}`);
  expect(found.text(once)).toBe(once);
});

test("text without secrets is left as it is", () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/:|=/.test(text)),
      (text) => {
        expect(plainRedactor.text(text)).toBe(text);
      },
    ),
  );
});
