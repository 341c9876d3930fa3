import { createHmac, randomBytes } from "node:crypto";
import type { GamedayConfig } from "../model/config.ts";
import { HarnessError } from "../model/errors.ts";
import { createRedactor, SECRET_CHARS_MIN, type Redactor } from "../model/redact.ts";

export interface Guarded {
  /** The configuration; what it makes for subject and topics teaches the redactor its secrets. */
  readonly config: GamedayConfig;
  readonly redactor: Redactor;
  readonly redactLogs: boolean;
}

/**
 * Makes a redactor of the secrets the configuration declares. Equal secrets get equal marks within a
 * run, made with a key that is kept nowhere. HarnessError("usage") when a secret cannot be redacted.
 */
export function guardSecrets(config: GamedayConfig, env: NodeJS.ProcessEnv): Guarded {
  const { env: names = [], fields = [] } = config.secrets ?? {};
  refuseJudged(config, fields);
  const key = randomBytes(32);
  const redactor = createRedactor({
    fields,
    mark: (secret) =>
      `[redacted ${createHmac("sha256", key).update(secret).digest("hex").slice(0, 8)}]`,
  });
  const learnFrom = (variables: Readonly<Record<string, string | undefined>>): void => {
    for (const name of names) learnVariable(redactor, name, variables[name]);
  };
  learnFrom(env);
  return {
    redactor,
    redactLogs: names.length + fields.length > 0,
    config: {
      ...config,
      subject: {
        ...config.subject,
        env: (wiring) => {
          const given = config.subject.env(wiring);
          learnFrom(given);
          return given;
        },
      },
      input: {
        ...config.input,
        encode: (intent) => {
          const record = config.input.encode(intent);
          // Keys and amounts are gameday's own inventions, and what is judged.
          const { key, eventId, account, operation, amount } = intent;
          const known = new Set([key, eventId, account, operation, String(amount)]);
          redactor.learnFields(record.value, known);
          redactor.learnFields(JSON.stringify(record.headers), known);
          return record;
        },
      },
    },
  };
}

function learnVariable(redactor: Redactor, name: string, value: string | undefined): void {
  if (value === undefined || value === "") return;
  if (value.length < SECRET_CHARS_MIN) {
    throw new HarnessError(
      "usage",
      `secrets.env: the value of ${name} is shorter than ${SECRET_CHARS_MIN} characters and cannot be told from ordinary text. Rehearse with a longer one.`,
    );
  }
  redactor.learn(value);
}

/** What the judge counts or compares with gameday's own intents cannot be hidden from it. */
function refuseJudged(config: GamedayConfig, fields: readonly string[]): void {
  const { balance, outbox, deadLetters, dedup } = config.database;
  const columns = [
    ...config.effects.flatMap((effect) =>
      effect.kind === "row" ? [effect.key, effect.eventId, effect.amount, effect.account] : [],
    ),
    ...(balance === undefined ? [] : [balance.account, balance.balance, balance.version]),
    ...(outbox === undefined ? [] : [outbox.key, outbox.eventId, outbox.publishedAt]),
    ...(deadLetters === undefined
      ? []
      : [deadLetters.topic, deadLetters.partition, deadLetters.offset]),
    ...(dedup === undefined ? [] : [dedup.key, dedup.consumer]),
  ].map((column) => column?.toLowerCase());
  const judged = fields.find((field) => columns.includes(field.toLowerCase()));
  if (judged === undefined) return;
  throw new HarnessError(
    "usage",
    `secrets.fields: ${judged} is a column the verdict rests on; its values are made by gameday's own workload, or counted. Take it out of secrets.fields.`,
  );
}

/** The error with its secrets redacted. */
export function withoutSecrets(error: unknown, { text }: Redactor): unknown {
  if (!(error instanceof HarnessError)) return error;
  const { code, message, details, cause } = error;
  return new HarnessError(code, text(message), { details: details.map(text), cause });
}
