import { createWriteStream, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { GenericContainer, Wait } from "testcontainers";
import type { Child, ChildExit } from "../process/child.ts";
import { pollUntil } from "../process/deadline.ts";
import { lastLinesOf } from "../process/log-tail.ts";
import { writeLines } from "../process/redacted-log.ts";
import { call, statusOf, type ContainerHandle, type Engine } from "./engine.ts";
import { ENGINE_LOST, exitFrom, type EngineEvents } from "./events.ts";
import { OWNER_LABEL, ownerLabel, RUN_LABEL } from "./labels.ts";

const START_TIMEOUT_MS = 60_000;
const PUBLISH_POLL_MS = 50;
const FROZEN_TIMEOUT_MS = 2_000;
const FROZEN_POLL_MS = 5;
const LAST_WORDS_MS = 250;
const EVENT_GRACE_MS = 8_000;

/** What a run's containers are made with. */
export interface EngineRun {
  readonly engine: Engine;
  readonly events: EngineEvents;
  readonly runId: string;
  /** Takes secrets out of what containers say, where that is asked for. */
  readonly redact: ((text: string) => string) | undefined;
}

export interface ContainerSpec {
  readonly kind: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Instead of the image's own command. */
  readonly command?: readonly string[] | undefined;
  readonly network: string;
  /** Names under which others of the network know it. */
  readonly aliases: readonly string[];
  /** Published on 127.0.0.1, under the same number on both sides. */
  readonly ports: readonly number[];
  /** Port of the container → port of 127.0.0.1, where they differ. */
  readonly mapped?: Readonly<Record<number, number>>;
  readonly extraHosts?: readonly string[];
  /** stdout and stderr are appended here. */
  readonly logFile: string;
}

/**
 * GenericContainer with what it has no method for: ports published on loopback only, and under fixed
 * numbers that outlive a restart. Made by a run, known by its labels, not watched by Ryuk.
 */
class RunContainer extends GenericContainer {
  readonly #spec: ContainerSpec;
  readonly #beforeStart: (id: string) => Promise<void>;

  constructor(spec: ContainerSpec, runId: string, beforeStart: (id: string) => Promise<void>) {
    super(spec.image);
    this.#spec = spec;
    this.#beforeStart = beforeStart;
    this.withAutoCleanup(false)
      .withWaitStrategy(Wait.forAll([]))
      .withEnvironment({ ...spec.env })
      .withLabels({ [RUN_LABEL]: runId, [OWNER_LABEL]: ownerLabel(), "gameday.kind": spec.kind })
      .withNetworkMode(spec.network);
    if (spec.command !== undefined) this.withCommand([...spec.command]);
  }

  protected override beforeContainerCreated(): Promise<void> {
    const { ports, mapped = {}, aliases, network, extraHosts } = this.#spec;
    const pairs = [
      ...ports.map((port) => [port, port] as const),
      ...Object.entries(mapped).map(([inside, outside]) => [Number(inside), outside] as const),
    ];
    this.createOpts.ExposedPorts = Object.fromEntries(pairs.map(([port]) => [`${port}/tcp`, {}]));
    this.hostConfig.PortBindings = Object.fromEntries(
      pairs.map(([inside, outside]) => [
        `${inside}/tcp`,
        [{ HostIp: "127.0.0.1", HostPort: String(outside) }],
      ]),
    );
    this.createOpts.NetworkingConfig = {
      EndpointsConfig: { [network]: { Aliases: [...aliases] } },
    };
    if (extraHosts !== undefined) this.hostConfig.ExtraHosts = [...extraHosts];
    return Promise.resolve();
  }

  protected override containerCreated(id: string): Promise<void> {
    return this.#beforeStart(id);
  }
}

/** A container of a run: started, and started again on the same files and ports after it has ended. */
export class EngineContainer {
  private readonly run: EngineRun;
  private readonly spec: ContainerSpec;
  private handle: ContainerHandle | null = null;

  constructor(run: EngineRun, spec: ContainerSpec) {
    this.run = run;
    this.spec = spec;
  }

  /** Starts it; resolves when the engine says so. What becomes of it is for the caller to watch. */
  async start(): Promise<Child> {
    mkdirSync(dirname(this.spec.logFile), { recursive: true });
    const fromByte = statSync(this.spec.logFile, { throwIfNoEntry: false })?.size ?? 0;
    const { handle, exited } =
      this.handle === null ? await this.create() : await this.startAgain(this.handle);
    this.handle = handle;
    return childOf(this.run, this.spec, { handle, exited, fromByte, pid: await pidOf(handle) });
  }

  /** Connects it to a second network. */
  async join(network: string, aliases: readonly string[]): Promise<void> {
    const { docker } = this.run.engine;
    await call(
      `connect ${this.spec.kind} to ${network}`,
      docker.getNetwork(network).connect({
        Container: this.handle?.id ?? "",
        EndpointConfig: { Aliases: [...aliases] },
      }),
    );
  }

  /** Removes it with its volumes; for one that has ended. */
  async remove(): Promise<void> {
    if (this.handle === null) return;
    await call(`remove ${this.spec.kind}`, this.handle.remove({ force: true, v: true }));
  }

  private async create(): Promise<Started> {
    const { engine, runId } = this.run;
    const watched = Promise.withResolvers<Started>();
    const container = new RunContainer(this.spec, runId, async (id) => {
      watched.resolve(await this.watch(engine.docker.getContainer(id)));
    });
    const started = call(`start ${this.spec.kind}`, container.start(), START_TIMEOUT_MS);
    // A container that ends at once publishes no port: its end is the news, not the missing port.
    const ended = watched.promise.then(({ exited }) => exited);
    const isUp = watched.promise.then(({ handle }) => this.published(handle));
    isUp.catch(() => undefined); // whether it started or ended is what counts
    await Promise.race([started, ended, isUp]);
    started.catch(() => undefined); // the end that was seen first says it all
    return watched.promise;
  }

  /**
   * Once the ports we asked for are bound, or it has ended. testcontainers waits for those that the
   * image exposes as well where Podman lists them: nobody binds them.
   */
  private published(handle: ContainerHandle): Promise<true> {
    const { kind, ports, mapped = {} } = this.spec;
    const wanted = [...ports, ...Object.keys(mapped)].map((port) => `${port}/tcp`);
    const what = `${kind} to publish its ports`;
    return pollUntil({ what, timeoutMs: START_TIMEOUT_MS, everyMs: PUBLISH_POLL_MS }, async () => {
      const found = await handle.inspect().catch((error: unknown) => {
        if (statusOf(error) === 404) return null;
        throw error;
      });
      if (found === null || found.State.Status === "exited") return true;
      const { Ports: bound } = found.NetworkSettings;
      return found.State.Running && wanted.every((port) => (bound[port]?.length ?? 0) > 0)
        ? true
        : null;
    });
  }

  private async startAgain(handle: ContainerHandle): Promise<Started> {
    const watched = await this.watch(handle);
    await call(`start ${this.spec.kind} again`, handle.start(), START_TIMEOUT_MS);
    return watched;
  }

  /** Follows output and end of a container that is about to start: nothing of either is missed. */
  private async watch(handle: ContainerHandle): Promise<Started> {
    const exited = this.run.events.died(handle.id);
    const { container } = this.run.engine.runtime;
    const output = await call(`attach to ${this.spec.kind}`, container.attach(handle));
    output.on("error", () => undefined); // the engine went away; the events say so
    const log = createWriteStream(this.spec.logFile, { flags: "a" });
    const { redact } = this.run;
    if (redact === undefined) output.pipe(log);
    else {
      writeLines(output, redact, (text) => void log.write(text));
      output.once("end", () => log.end());
    }
    const written = new Promise<void>((resolve) => {
      log.once("close", () => resolve());
    });
    // The last words are part of an end; a stream that does not close is not waited for.
    const told = exited.then(async (exit) => {
      await Promise.race([written, pause(LAST_WORDS_MS)]);
      return exit;
    });
    return { handle, exited: told };
  }
}

interface Started {
  readonly handle: ContainerHandle;
  readonly exited: Promise<ChildExit>;
}

async function pidOf(handle: ContainerHandle): Promise<number> {
  const { State: state } = await call("inspect a container", handle.inspect());
  return state.Pid;
}

function childOf(
  run: EngineRun,
  { kind, logFile }: ContainerSpec,
  started: Started & { readonly pid: number; readonly fromByte: number },
): Child {
  const { handle, pid, fromByte } = started;
  let exit: ChildExit | null = null;
  const exited = started.exited.then((result) => {
    exit = result;
    return result;
  });
  // One after the other, in the order they were asked for.
  let sent: Promise<void> = Promise.resolve();
  return {
    kind,
    pid,
    what: `container ${handle.id.slice(0, 12)} (pid ${pid})`,
    exited,
    exit: () => exit,
    signal: (signal) => {
      sent = sent.then(() => send(run, handle, signal));
    },
    delivered: () => sent,
    isStopped: async () => {
      await sent;
      return becomesFrozen(handle);
    },
    stoppedState: "every process frozen by the engine",
    lastLines: (count) => lastLinesOf(logFile, count, fromByte),
  };
}

/**
 * SIGSTOP and SIGCONT are the engine's pause and unpause: they reach every process of the container,
 * where a signal would reach its first one only. Never rejects: `exited` and `isStopped` tell.
 */
async function send(
  run: EngineRun,
  handle: ContainerHandle,
  signal: NodeJS.Signals,
): Promise<void> {
  try {
    if (signal === "SIGSTOP") await call("pause a container", handle.pause());
    else if (signal === "SIGCONT") await call("unpause a container", handle.unpause());
    else await call(`send ${signal}`, handle.kill({ signal }));
  } catch {
    // It has ended, or the engine has: the event or the inspection below says which.
  }
  if (signal === "SIGKILL") void settleWithoutEvent(run, handle);
}

/** A death without an event (an engine that hangs) must not be waited for without end. */
async function settleWithoutEvent({ events }: EngineRun, handle: ContainerHandle): Promise<void> {
  await pause(EVENT_GRACE_MS, undefined, { ref: false });
  try {
    const { State: state } = await call("inspect a container", handle.inspect());
    if (!state.Running) events.note(handle.id, exitFrom(state.ExitCode, state.OOMKilled));
  } catch (error) {
    if (statusOf(error) === 404) events.note(handle.id, exitFrom(137, false));
    else events.note(handle.id, { code: null, signal: ENGINE_LOST });
  }
}

async function becomesFrozen(handle: ContainerHandle): Promise<boolean> {
  const endsAtMs = performance.now() + FROZEN_TIMEOUT_MS;
  while (performance.now() < endsAtMs) {
    const { State: state } = await call("inspect a container", handle.inspect());
    if (state.Paused) return true;
    if (!state.Running) return false;
    await pause(FROZEN_POLL_MS);
  }
  return false;
}
