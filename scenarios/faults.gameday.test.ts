/** Every kind of fault and fate that no scenario of the catalogue uses, on real servers. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { loadPackaged, type Loaded } from "../harness/cli/load.ts";
import { loadReporters, ReporterDesk } from "../harness/cli/reporters.ts";
import { checkSense } from "../harness/cli/sense.ts";
import { runAndStore } from "../harness/cli/session.ts";
import { verify } from "../harness/cli/verify.ts";
import { FORMATS } from "../harness/report/formats.ts";
import type { ApiMode, FaultSpec, Scenario } from "../harness/index.ts";
import { noRedelivery } from "./common.ts";

const output = mkdtempSync(join(tmpdir(), "gameday-faults-"));
const loaded = await loadPackaged();
afterAll(() => rmSync(output, { recursive: true, force: true }));
const baseline = loaded.scenarios.find(({ id }) => id === "baseline");
if (baseline === undefined) throw new Error("no baseline");
const control = baseline;

const commitApplied = { boundary: "postgres.commit.applied", match: { intent: 20 } } as const;
const later = { boundary: "postgres.commit.applied", match: { intent: 40 } } as const;
const firedOf = (fault: string) => ({ fault, moment: "fired" }) as const;
/** Partitions are not in step: payment 40 must not be handled before the fault is there. */
const heldAt40 = (fault: string): Scenario["workload"] => ({
  ...control.workload,
  holds: [{ intent: 40, until: { fault, moment: "confirmed" } }],
});

function rehearsing(name: string, fault: FaultSpec, over: Partial<Scenario> = {}): Scenario {
  const scenario = {
    ...control,
    id: name,
    faults: [fault],
    exercise: noRedelivery,
    // A consumer that lost its coordinator cannot sign off: its session of 30 s must run out.
    limits: { recoveryMsMax: 45_000 },
    drainTimeoutMs: 60_000,
    ...over,
  };
  checkSense(scenario, { file: name, config: loaded.config });
  return scenario;
}

const scenarios: readonly Scenario[] = [
  rehearsing("terminate", {
    id: "f",
    fault: "terminate",
    at: commitApplied,
    heldFrame: "release",
    restart: true,
  }),
  rehearsing("terminate-backend", {
    id: "f",
    fault: "terminate-backend",
    at: { boundary: "postgres.statement.applied", match: { intent: 20 } },
    heldFrame: "release",
  }),
  rehearsing(
    "delay",
    {
      id: "f",
      fault: "delay",
      at: commitApplied,
      heldFrame: "release",
      link: "postgres",
      latencyMs: 20,
      until: later,
    },
    { workload: heldAt40("f") },
  ),
  rehearsing(
    "bandwidth",
    {
      id: "f",
      fault: "bandwidth",
      at: commitApplied,
      heldFrame: "release",
      link: "kafka",
      kilobytesPerSecond: 50,
      until: later,
    },
    { workload: heldAt40("f") },
  ),
  rehearsing("cut-kafka-until-handled-elsewhere", {
    id: "f",
    fault: "cut",
    at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
    heldFrame: "drop",
    link: "kafka",
  }),
  rehearsing("blackhole-answers-only", {
    id: "f",
    fault: "blackhole",
    at: { boundary: "kafka.offset-commit.applied", match: { intent: 20 } },
    heldFrame: "release",
    link: "kafka",
    direction: "to-subject",
    until: "taken-over",
  }),
  rehearsing("pause-broker", {
    id: "f",
    fault: "pause-broker",
    at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
    heldFrame: "release",
    until: { boundary: "http.payments.applied", match: { intent: 20 } },
  }),
  rehearsing(
    "partition-broker-from-clients",
    {
      id: "f",
      fault: "partition-brokers",
      at: commitApplied,
      heldFrame: "release",
      which: "leader",
      from: "clients",
      until: "all-sent",
    },
    { brokers: 3, workload: { ...control.workload, holds: [{ intent: 40, until: firedOf("f") }] } },
  ),
  rehearsing(
    "restart-broker-in-order",
    { id: "f", fault: "restart-broker", at: commitApplied, heldFrame: "release", mode: "stop" },
    { eviction: "session-timeout" },
  ),
  rehearsing("kill-once-ready-again", {
    id: "f",
    fault: "kill",
    at: commitApplied,
    heldFrame: "drop",
    restart: true,
  }),
];

const fates: readonly Scenario[] = (["answer-500", "answer-409"] as const).map((heldFrame) =>
  rehearsing(
    `fate-${heldFrame}`,
    {
      id: "f",
      fault: "intercept",
      at: { boundary: "http.payments.requested", match: { intent: 20 } },
      heldFrame,
    },
    { api: "replay-2xx-only" },
  ),
);

const modes: readonly Scenario[] = (
  ["conflict-in-flight", "mismatch-422", "key-expiry", "lagging-lookup"] as const
).map((api: ApiMode) =>
  rehearsing(
    `mode-${api}`,
    {
      id: "f",
      fault: "intercept",
      at: { boundary: "http.payments.applied", match: { intent: 20 } },
      heldFrame: "drop",
    },
    { api },
  ),
);

async function rehearse(
  these: readonly Scenario[],
  variant: string | null = null,
  of: Loaded = loaded,
) {
  const { result } = await runAndStore({
    loaded: of,
    scenarios: these,
    variant,
    seed: 7,
    eviction: null,
    isArmed: true,
    output,
    isQuiet: true,
  });
  return result;
}

test("each is fired, confirmed, healed and verified, and the careful service survives it", async () => {
  const all = [...scenarios, ...fates, ...modes];
  const result = await rehearse(all);
  expect(result.error).toBeUndefined();
  const seen = result.scenarios.map(({ id, verdict, exercised, faults, assumptions }) => ({
    id,
    verdict,
    missing: exercised.missing,
    broken: assumptions.filter(({ holds }) => holds !== true),
    isHealed: faults.every(({ healedAtMs }) => healedAtMs !== null),
  }));
  expect(seen).toEqual(
    all.map(({ id }) => ({ id, verdict: "pass", missing: [], broken: [], isHealed: true })),
  );
});

test("a provider that applies a request twice is seen as such", async () => {
  const result = await rehearse([
    rehearsing("fate-apply-twice", {
      id: "f",
      fault: "intercept",
      at: { boundary: "http.payments.requested", match: { intent: 20 } },
      heldFrame: "apply-twice",
    }),
  ]);
  const broken = result.scenarios[0]?.guarantees.filter(({ violated }) => violated === true);
  expect(broken?.map(({ id }) => id)).toEqual(["no-duplicate-calls"]);
});

test("two faults of one scenario: the second waits for the first, on the same victim", async () => {
  const stall: FaultSpec = {
    id: "stall",
    fault: "delay",
    at: commitApplied,
    heldFrame: "release",
    link: "postgres",
    latencyMs: 5,
    until: later,
  };
  const kill: FaultSpec = {
    id: "kill",
    fault: "kill",
    at: {
      boundary: "kafka.offset-commit.requested",
      match: { victimOf: "stall", intent: 20 },
      after: { fault: "stall", moment: "confirmed" },
    },
    heldFrame: "drop",
    restart: true,
  };
  const base = rehearsing("two-faults", stall, { workload: heldAt40("stall") });
  const result = await rehearse([{ ...base, faults: [stall, kill] }]);
  const [scenario] = result.scenarios;
  expect(scenario?.exercised.missing).toEqual([]);
  expect(scenario?.verdict).toBe("pass");
  const victims = scenario?.faults.map(({ evidence }) => evidence?.slice(-"consumer-1".length));
  expect(victims?.[0]).toMatch(/^consumer-\d$/);
  expect(victims?.[1]).toBe(victims?.[0]);
});

test("a fault that cannot be confirmed is inconclusive, and so is what follows on its servers", async () => {
  // Nothing is written after the last payment, so no follower falls behind and the set stays whole.
  const unconfirmed = rehearsing(
    "cannot-be-confirmed",
    {
      id: "f",
      fault: "partition-brokers",
      at: { boundary: "postgres.commit.applied", match: { intent: 60 } },
      heldFrame: "release",
      which: "leader",
    },
    { brokers: 3 },
  );
  const result = await rehearse([unconfirmed, { ...control, id: "after-it", brokers: 3 }]);
  expect(result.exitCode).toBe(2);
  const [first, second] = result.scenarios;
  expect(first?.exercised.missing.join("; ")).toMatch(
    /failed: Waited .* to have 1 or fewer replicas/,
  );
  expect(second?.verdict).toBe("inconclusive");
  expect(second?.assumptions).toContainEqual({
    name: "stack-sound",
    holds: false,
    detail: expect.stringMatching(/^fault f of cannot-be-confirmed failed before this/),
  });
});

test("a clock that the process does not read is not stepped: nothing is proven", async () => {
  const step = rehearsing("unseen-step", {
    id: "f",
    fault: "clock-step",
    stepMs: 3_600_000,
    at: commitApplied,
    heldFrame: "release",
  });
  const { config } = loaded;
  // As a statically linked program, it goes past the library.
  const command = ["/usr/bin/env", "-u", "LD_PRELOAD", ...config.subject.command] as const;
  const blind = { ...loaded, config: { ...config, subject: { ...config.subject, command } } };
  const result = await rehearse([step], null, blind);
  expect(result.exitCode).toBe(2);
  expect(result.scenarios[0]?.exercised.missing.join("; ")).toMatch(
    /fault f failed: Waited .* the Date header of consumer-\d .* 3600000 ms off, in vain\. It is -?\d+ ms off/,
  );
});

test("a manual fault is fired by a person, and is a fault like any other", async () => {
  const manual = rehearsing(
    "manual",
    {
      id: "f",
      fault: "kill",
      at: { boundary: "manual", match: { instance: "consumer-2" } },
      heldFrame: "release",
      restart: true,
    },
    { workload: heldAt40("f") },
  );
  // The person: presses the button again and again until something happens.
  const button = setInterval(() => process.kill(process.pid, "SIGUSR2"), 500);
  process.on("SIGUSR2", () => undefined);
  const result = await rehearse([manual]);
  clearInterval(button);
  process.removeAllListeners("SIGUSR2");
  const [scenario] = result.scenarios;
  expect(scenario?.faults[0]?.evidence).toMatch(/^manual of .* on consumer-2$/);
  expect([scenario?.verdict, scenario?.exercised.missing]).toEqual(["pass", []]);
});

/** The reference service, but for saying everything that it was told and that it must not say. */
function leakyService(): string {
  const main = fileURLToPath(new URL("../reference-service/main.ts", import.meta.url));
  const file = join(mkdtempSync(join(output, "leaky-")), "main.ts");
  const lines = [
    `console.log(JSON.stringify(process.env));`,
    `console.error("login https://svc:" + process.env.API_TOKEN + "@api/?token=" + process.env.API_TOKEN);`,
    // As a subject logs what it was sent, in whatever form.
    `const parse = JSON.parse;`,
    `JSON.parse = (text, ...rest) => {`,
    `  const value = parse(text, ...rest);`,
    `  if (value?.card) console.log("declined", value.card, text, value);`,
    `  return value;`,
    `};`,
    `await import(${JSON.stringify(main)});`,
  ];
  writeFileSync(file, lines.join("\n"));
  return file;
}

test("no canary is in any artefact of a violated run, and the run is judged alike", async () => {
  const { config } = loaded;
  const killed = loaded.scenarios.find(({ id }) => id === "kill-consumer-between-commit-and-ack");
  if (killed === undefined) throw new Error("the catalogue changed");
  const { result, folder } = await runAndStore({
    loaded: {
      ...loaded,
      config: {
        ...config,
        secrets: { env: ["API_TOKEN"], fields: ["card", "x-signature"] },
        subject: {
          ...config.subject,
          command: [process.execPath, leakyService()],
          env: (wiring) => ({
            ...config.subject.env(wiring),
            API_TOKEN: "CANARY-token-of-the-subject",
          }),
        },
        input: {
          ...config.input,
          encode: (intent) => {
            const record = config.input.encode(intent);
            const value = { ...(JSON.parse(record.value) as object), card: "CANARY-card-4111" };
            const headers = { ...record.headers, "x-signature": "CANARY-signature" };
            return { ...record, headers, value: JSON.stringify(value) };
          },
        },
      },
    },
    scenarios: [killed, control],
    maxFailures: 1,
    workers: 1,
    variant: "no-dedup",
    seed: 7,
    eviction: null,
    isArmed: true,
    output,
    isQuiet: true,
  });
  expect([result.verdict, result.error]).toEqual(["violated", undefined]);
  expect(result.notRun).toEqual([
    { id: "baseline", reason: "stopped after 1 that did not pass (--max-failures 1)" },
  ]);
  const printed: string[] = [];
  const say = (line: string) => printed.push(line);
  const setting = { folder, env: {}, isVerbose: true, log: say };
  const every = ["terminal", "github", ...FORMATS.map(({ id }) => id)];
  const reporters = await loadReporters(every, setting);
  expect(await new ReporterDesk(reporters).end(folder, say)).toEqual([]);
  const files = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile());
  for (const file of files) expect(readFileSync(file, "utf8"), file).not.toMatch(/CANARY/);
  expect(printed.join("\n")).not.toMatch(/CANARY/);
  // Redacted, not left out: the subject really said it.
  const log = files.find((file) => file.endsWith("consumer-1.log")) ?? "";
  expect(readFileSync(log, "utf8").match(/\[redacted [0-9a-f]{8}\]/g)?.length).toBeGreaterThan(10);
  expect(await verify([folder], () => undefined)).toBe(1);
});
