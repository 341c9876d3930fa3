import { z } from "zod";
import { HarnessError } from "../model/errors.ts";
import { GUARANTEES } from "../model/guarantee.ts";
import { EVICTIONS, HELD_FRAME_FATES, REDELIVERIES } from "../model/run-header.ts";
import {
  API_MODES,
  FAULT_MOMENTS,
  LINKS,
  POISONS,
  ROW_COMMANDS,
  UNTILS,
} from "../model/scenario.ts";
import { suggest } from "./suggest.ts";

const CLOCK_STEP_MS_MIN = 10_000;

const name = z.string().min(1);
const positive = z.number().int().positive();
const fn = z.custom<(...input: never[]) => unknown>((value) => typeof value === "function", {
  message: "must be a function",
});

const faultMoment = z.strictObject({ fault: name, moment: z.enum(FAULT_MOMENTS) });

/** Which boundaries there are depends on the declared APIs: checked in sense.ts. */
const trigger = z.strictObject({
  boundary: name,
  match: z
    .strictObject({
      intent: positive.optional(),
      nth: positive.optional(),
      instance: name.optional(),
      victimOf: name.optional(),
      changes: z.enum(ROW_COMMANDS).optional(),
      command: z.enum(ROW_COMMANDS).optional(),
    })
    .optional(),
  after: faultMoment.optional(),
});
const until = z.union([z.enum(UNTILS), trigger]);
const link = z.enum(LINKS);
const brokerRole = z.enum(["leader", "coordinator"]);

const common = { id: name, at: trigger, heldFrame: z.enum(HELD_FRAME_FATES) };
const kind = <K extends string, S extends z.ZodRawShape>(fault: K, shape: S) =>
  z.strictObject({ ...common, fault: z.literal(fault), ...shape });

const fault = z.discriminatedUnion("fault", [
  kind("kill", { restart: z.boolean() }),
  kind("terminate", { restart: z.boolean() }),
  kind("pause", { until }),
  kind("intercept", {}),
  kind("cut", { link, until: until.optional() }),
  kind("blackhole", { link, until, direction: z.enum(["both", "to-server", "to-subject"]) }),
  kind("delay", { link, until, latencyMs: positive }),
  kind("bandwidth", { link, until, kilobytesPerSecond: positive }),
  kind("restart-postgres", { mode: z.enum(["fast", "immediate"]) }),
  kind("terminate-backend", {}),
  kind("restart-broker", {
    mode: z.enum(["kill", "stop"]),
    which: brokerRole.optional(),
    until: until.optional(),
  }),
  kind("pause-broker", { until, which: brokerRole.optional() }),
  kind("partition-brokers", {
    which: brokerRole,
    from: z.enum(["peers", "clients"]).optional(),
    until: until.optional(),
  }),
  kind("redeploy", {
    strategy: z.enum(["stop-start", "rolling"]),
    to: z.enum(["next", "current"]),
  }),
  kind("hold", { until }),
  kind("lock-table", { until, table: name }),
  kind("reset-offsets", {}),
  kind("clock-step", {
    stepMs: z
      .number()
      .int()
      .refine((ms) => Math.abs(ms) >= CLOCK_STEP_MS_MIN, {
        message: `must be ${CLOCK_STEP_MS_MIN} ms or more, either way: a Date header has whole seconds, and less would not be seen`,
      }),
    until: until.optional(),
  }),
]);

export const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be kebab-case"),
  title: name,
  story: name,
  hypothesis: name,
  runbook: name,
  tags: z.array(name),
  instances: positive.max(8),
  subject: z.strictObject({ env: z.record(name, z.string()) }).optional(),
  brokers: z.union([z.literal(1), z.literal(3)]).optional(),
  api: z.enum(API_MODES),
  eviction: z.enum(EVICTIONS).optional(),
  workload: z.strictObject({
    events: positive.max(100_000),
    accounts: positive,
    poison: z
      .array(z.union([positive, z.strictObject({ at: positive, kind: z.enum(POISONS) })]))
      .optional(),
    copies: z.array(positive).optional(),
    eventsPerKey: positive.optional(),
    operationsPerEvent: positive.optional(),
    holds: z.array(z.strictObject({ intent: positive, until: faultMoment })).optional(),
  }),
  faults: z.array(fault),
  guarantees: z.array(z.enum(GUARANTEES)).min(1),
  exercise: z.strictObject({
    eventsMin: positive,
    redelivery: z.enum(REDELIVERIES),
    of: name.optional(),
    zombie: z.boolean().optional(),
    since: name.optional(),
    purged: z.boolean().optional(),
  }),
  limits: z.strictObject({ recoveryMsMax: positive }),
  drainTimeoutMs: positive,
});

/** A reporter, or a report format (which has `file` and `render`). */
export const reporterSchema = z.union([
  z.strictObject({ id: name, file: z.string().regex(/^[\w.-]+$/), render: fn }),
  z.strictObject({ id: name, onEvent: fn.optional(), onEnd: fn.optional() }),
]);

const series = { series: name, labels: z.record(z.string(), z.string()).optional() };
const topic = z.strictObject({ topic: name, partitions: positive });

const command = z.array(name).min(1).optional();
const container = z.union([
  z.strictObject({ image: name, command }),
  z.strictObject({ dockerfile: name, context: name.optional(), command }),
]);
const images = z.strictObject({
  kafka: name.optional(),
  postgres: name.optional(),
  toxiproxy: name.optional(),
});

export const configSchema = z.strictObject({
  subject: z.strictObject({
    command: z.array(name).min(1),
    cwd: name.optional(),
    env: fn,
    healthPath: z.string().startsWith("/"),
    readyTimeoutMs: positive.optional(),
    metrics: z
      .strictObject({
        path: z.string().startsWith("/"),
        effects: z.array(z.strictObject({ ...series, effect: name })).optional(),
        duplicates: z.strictObject(series).optional(),
        calls: z
          .strictObject({
            ...series,
            api: name,
            unknown: z.record(z.string(), z.string()).optional(),
          })
          .optional(),
        deliveries: z.strictObject(series).optional(),
        retries: z.strictObject(series).optional(),
        deadLetters: z.strictObject(series).optional(),
        latency: z.strictObject({ ...series, operation: name.optional() }).optional(),
      })
      .optional(),
    variants: z.array(name).optional(),
    next: z
      .strictObject({
        command: z.array(name).min(1),
        cwd: name.optional(),
        container: container.optional(),
      })
      .optional(),
    container: container.optional(),
  }),
  database: z.strictObject({
    migrations: name,
    balance: z
      .strictObject({
        table: name,
        account: name,
        balance: name,
        ledger: name,
        version: name.optional(),
      })
      .optional(),
    outbox: z
      .strictObject({
        table: name,
        key: name.optional(),
        eventId: name,
        publishedAt: name,
        record: name,
      })
      .optional(),
    deadLetters: z
      .strictObject({
        table: name,
        topic: name,
        partition: name,
        offset: name,
        reason: name.optional(),
      })
      .optional(),
    dedup: z
      .strictObject({
        table: name,
        key: name,
        consumer: name.optional(),
        columns: z.array(name).min(1),
      })
      .optional(),
    work: z.strictObject({ table: name, id: name, state: name, done: z.array(name) }).optional(),
  }),
  input: topic.extend({ encode: fn }),
  outputs: z.array(topic.extend({ group: name.optional() })),
  eventIdHeader: name,
  effects: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({
          id: name,
          kind: z.literal("row"),
          table: name,
          key: name,
          eventId: name,
          amount: name.optional(),
          account: name.optional(),
          follows: name.optional(),
        }),
        z.strictObject({ id: name, kind: z.literal("call"), api: name }),
        z.strictObject({
          id: name,
          kind: z.literal("record"),
          topic: name,
          delivery: z.enum(["at-least-once", "once"]),
        }),
      ]),
    )
    .min(1),
  calibration: z
    .array(
      z.strictObject({
        variant: name,
        by: z.record(z.string(), z.array(z.enum(GUARANTEES)).min(1)),
        also: z.record(z.string(), z.array(z.enum(GUARANTEES)).min(1)).optional(),
      }),
    )
    .optional(),
  scenarios: name,
  output: name.optional(),
  docker: z.strictObject({ images: images.optional() }).optional(),
  workers: positive.optional(),
  secrets: z
    .strictObject({ env: z.array(name).optional(), fields: z.array(name).optional() })
    .optional(),
  run: z
    .strictObject({
      stack: z.enum(["auto", "local", "docker"]).optional(),
      variant: name.optional(),
      seed: z.number().int().optional(),
      eviction: z.enum(EVICTIONS).optional(),
      reporters: z.array(z.union([name, reporterSchema])).optional(),
      repeatEach: positive.optional(),
      maxFailures: positive.optional(),
      timeoutMs: positive.optional(),
      globalTimeoutMs: positive.optional(),
    })
    .optional(),
});

/** Checks `value`; HarnessError("usage") naming each problem with a suggestion for misspelt keys. */
export function checkShape(
  schema: { safeParse(value: unknown): z.ZodSafeParseResult<unknown>; shape: object },
  value: unknown,
  file: string,
): unknown {
  const result = schema.safeParse(value);
  if (result.success) return value;
  const details = result.error.issues.map((issue) => problemText(issue, Object.keys(schema.shape)));
  throw new HarnessError("usage", `${file} is not valid: ${details.join("; ")}`);
}

function problemText(issue: z.core.$ZodIssue, known: readonly string[]): string {
  const where = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return `${where || "it"}: ${issue.message}`;
  const hints = issue.keys.map((key) => (where === "" ? suggest(key, known) : "")).join(" ");
  return `${where || "it"}: ${issue.message}. ${hints}`.trim();
}
