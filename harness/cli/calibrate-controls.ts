import { judgeControls } from "../checker/calibrate-judge.ts";
import type { ControlResult } from "../model/calibration.ts";
import type { InstanceWiring } from "../model/config.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import type { Scenario } from "../model/scenario.ts";
import type { StackAdapter } from "../ports/stack.ts";
import { secondsSince } from "./calibrate-model.ts";
import { inTurns, type Rehearse } from "./calibrate-rehearse.ts";
import { readJournal } from "./journal-reader.ts";
import type { Loaded } from "./load.ts";
import type { FinishedRun } from "./session.ts";

/** A flaw of a rehearsal: it must be inconclusive, and for this reason. */
interface Flaw {
  readonly id: string;
  readonly scenario: Scenario;
  readonly over?: Parameters<Rehearse>[1];
  readonly reason: RegExp;
}

/** Flaws of a rehearsal that must never end in a pass, each found out by what it is. */
export async function rehearsalControls(
  loaded: Loaded,
  rehearse: Rehearse,
  stacks: StackAdapter,
): Promise<readonly ControlResult[]> {
  // A kill, so that there is something to survive.
  const isPlain = ({ faults }: Scenario): boolean =>
    faults.length === 1 && faults[0]?.fault === "kill";
  const plain = loaded.scenarios.find(isPlain);
  if (plain === undefined) {
    const id = "flawed rehearsals";
    const got = "no scenario with nothing but a kill, so nothing was tried";
    return [{ id, expected: "inconclusive", got, isAsStated: false }];
  }
  return inTurns(flawsOf(plain, loaded, stacks), async ({ id, scenario, over, reason }) => {
    const startedAtMs = performance.now();
    const { result } = await rehearse([scenario], { ...over, workers: 1 });
    return { ...controlOf(id, result, reason), seconds: secondsSince(startedAtMs) };
  });
}

/** As stated only when the run is inconclusive, and says why in these words. */
export function controlOf(id: string, result: RunResult, reason: RegExp): ControlResult {
  const said = result.scenarios.flatMap(reasonsOf);
  const because = said.find((text) => reason.test(text));
  const isAsStated = result.verdict === "inconclusive" && because !== undefined;
  const why = because ?? said[0] ?? result.error?.message ?? "no reason";
  return {
    id,
    expected: `inconclusive, and "${reason.source}" among the reasons`,
    got: `${result.verdict}: ${why}`,
    isAsStated,
  };
}

function reasonsOf({ exercised, assumptions }: ScenarioResult): readonly string[] {
  const broken = assumptions.filter(({ holds }) => holds !== true);
  return [...exercised.missing, ...broken.map(({ name, detail }) => `${name}: ${detail}`)];
}

function flawsOf(plain: Scenario, loaded: Loaded, stacks: StackAdapter): readonly Flaw[] {
  const quiet = {
    ...plain,
    faults: [],
    exercise: { ...plain.exercise, redelivery: "none" },
  } as const;
  const tiny = { ...quiet, workload: { ...quiet.workload, events: 1, poison: [], holds: [] } };
  const faults = plain.faults.map((fault) => ({
    ...fault,
    at: { ...fault.at, match: { ...fault.at.match, nth: 99 } },
  }));
  const told = (change: (wiring: InstanceWiring) => InstanceWiring) => ({
    loaded: withWiring(loaded, change),
  });
  return [
    {
      id: "every fault is disarmed",
      scenario: plain,
      over: { isArmed: false },
      reason: /never fired: it was disarmed/,
    },
    {
      id: "the trigger matches nothing",
      scenario: { ...plain, faults },
      reason: /never fired: its trigger .* matched nothing/,
    },
    {
      id: "the subject goes around its Kafka link",
      scenario: plain,
      over: told((wiring) => ({ ...wiring, kafka: wiring.direct.kafka })),
      reason: /^no-bypass: /,
    },
    {
      id: "the subject goes around its Postgres link",
      scenario: plain,
      over: told((wiring) => ({ ...wiring, databaseUrl: wiring.direct.databaseUrl })),
      reason: /^no-bypass: /,
    },
    { id: "too little traffic", scenario: tiny, reason: /too little traffic/ },
    {
      id: "the observer stops before the end of a topic",
      scenario: quiet,
      over: { shared: withBlindObserver(stacks) },
      reason: /^observer-complete: /,
    },
    {
      id: "the command is a wrapper, and only the wrapper is killed",
      scenario: plain,
      over: { loaded: wrapped(loaded) },
      reason: /is a wrapper/,
    },
  ];
}

/** The same stack, whose observer misses the last record of every topic. */
function withBlindObserver(stack: StackAdapter): StackAdapter {
  return {
    name: stack.name,
    abilities: stack.abilities,
    diagnose: () => stack.diagnose(),
    start: async (options) => {
      const started = await stack.start(options);
      const readAll: typeof started.broker.readAll = async (topic) =>
        (await started.broker.readAll(topic)).slice(0, -1);
      return { ...started, broker: { ...started.broker, readAll } };
    },
  };
}

/** Starts the real command in a session of its own, and waits for it. */
const WRAPPER = `
  const { spawn } = require("node:child_process");
  const [program, ...args] = process.argv.slice(1);
  spawn(program, args, { detached: true, stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
`;

function wrapped(loaded: Loaded): Loaded {
  const { subject } = loaded.config;
  const command = [process.execPath, "-e", WRAPPER, ...subject.command] as const;
  return { ...loaded, config: { ...loaded.config, subject: { ...subject, command } } };
}

/** The same configuration, with instances told something else. */
function withWiring(loaded: Loaded, change: (wiring: InstanceWiring) => InstanceWiring): Loaded {
  const { subject } = loaded.config;
  const env: typeof subject.env = (wiring) => subject.env(change(wiring));
  return { ...loaded, config: { ...loaded.config, subject: { ...subject, env } } };
}

/** Changes to the careful run's own history that must break exactly what they say. */
export function changedHistories({ folder, result }: FinishedRun): readonly ControlResult[] {
  const passed = result.scenarios.find(
    ({ verdict, faults }) => verdict === "pass" && faults.length === 1,
  );
  const { events } = readJournal(folder);
  return judgeControls(events.filter(({ scenario }) => scenario === passed?.id));
}
