import { z } from "zod";

const positive = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const milliseconds = positive;

const CALLS_OF_AN_ATTEMPT = 3;

const schema = z
  .object({
    KAFKA_BROKERS: z.string().min(1),
    KAFKA_GROUP_ID: z.string().min(1),
    TOPIC_REQUESTED: z.string().min(1),
    TOPIC_SETTLED: z.string().min(1),
    /** Group of the consumer of settled payments. */
    SETTLEMENTS_GROUP_ID: z.string().min(1),
    DATABASE_URL: z.string().min(1),
    PAYMENTS_API_URL: z.string().min(1),
    INSTANCE_ID: z.string().min(1),
    /** Loopback on a machine; every interface in a container, which publishes nothing by itself. */
    HTTP_HOST: z.string().default("127.0.0.1"),
    HTTP_PORT: z.coerce.number().int().min(1).max(65_535),
    VARIANT: z.string().default(""),
    KAFKA_SESSION_TIMEOUT_MS: milliseconds(30_000),
    KAFKA_HEARTBEAT_INTERVAL_MS: milliseconds(3_000),
    KAFKA_MAX_WAIT_MS: milliseconds(500),
    API_TIMEOUT_MS: milliseconds(2_000),
    /** Longer than the calls of one attempt take together: a lookup, the call, a last lookup. */
    CAPTURE_LEASE_MS: milliseconds(10_000),
    /** With the back-off of domain/backoff.ts about 45 minutes: longer than most outages. */
    CAPTURE_ATTEMPTS_MAX: positive(100),
    POLL_INTERVAL_MS: milliseconds(50),
    LOCK_TIMEOUT_MS: milliseconds(3_000),
    /**
     * Longer than anything is ever delivered again: topic retention, backups, a replay by hand. By
     * default a topic can be read for 14 days: `retention.ms` and `segment.ms` are 7 each.
     */
    DEDUP_RETENTION_MS: milliseconds(15 * 24 * 60 * 60 * 1_000),
    /** Published outbox rows serve nobody but whoever looks into an incident. */
    OUTBOX_RETENTION_MS: milliseconds(7 * 24 * 60 * 60 * 1_000),
    PURGE_INTERVAL_MS: milliseconds(60_000),
  })
  // A worker whose lease runs out in mid-call works side by side with the next one.
  .refine((config) => config.CAPTURE_LEASE_MS > CALLS_OF_AN_ATTEMPT * config.API_TIMEOUT_MS, {
    path: ["CAPTURE_LEASE_MS"],
    message: `must be longer than ${CALLS_OF_AN_ATTEMPT} x API_TIMEOUT_MS`,
  });

export type ServiceConfig = z.infer<typeof schema>;

/** Reads the environment; throws one line that names every missing or wrong variable. */
export function readConfig(environment: NodeJS.ProcessEnv): ServiceConfig {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Bad environment: ${problems.join("; ")}. See reference-service/README.md.`);
}
