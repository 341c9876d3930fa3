import { join, resolve } from "node:path";
import { HarnessError } from "../model/errors.ts";
import type { Version } from "../model/history.ts";
import { hasRedeploy } from "../model/scenario.ts";
import type { HostPort } from "../ports/basics.ts";
import type { SubjectProcess } from "../ports/subject.ts";
import type { Gate } from "../ports/tap.ts";
import type { BoundaryName } from "../model/boundary.ts";
import { sessionTimeoutFor } from "../model/config.ts";
import { pollUntil } from "./deadline.ts";
import type { OpenLinks } from "./instance-links.ts";
import { unusedLinks } from "./preflight.ts";
import type { ScenarioContext } from "./scenario-context.ts";

const READY_TIMEOUT_MS = 20_000;
const READY_POLL_MS = 25;
const TERMINATE_DEADLINE_MS = 8_000;

/** The subject's processes: started, watched, restarted, stopped. */
export class Instances implements AsyncDisposable {
  private readonly context: ScenarioContext;
  private readonly links: OpenLinks;
  private readonly httpPorts: ReadonlyMap<string, number>;
  private readonly running = new Map<string, SubjectProcess>();
  private readonly incarnations = new Map<string, number>();
  private readonly expectedExits = new Set<SubjectProcess>();
  private readonly surprises: string[] = [];
  private readonly left = new Set<string>();
  private readonly stopped = new Set<SubjectProcess>();
  private readonly gate: Gate;

  constructor(
    context: ScenarioContext,
    means: {
      readonly links: OpenLinks;
      readonly httpPorts: ReadonlyMap<string, number>;
      readonly gate: Gate;
    },
  ) {
    this.context = context;
    this.links = means.links;
    this.httpPorts = means.httpPorts;
    this.gate = means.gate;
  }

  /** Starts an instance and waits until it answers its health path. */
  async start(instance: string): Promise<void> {
    const { request, stack, recorder } = this.context;
    const incarnation = (this.incarnations.get(instance) ?? 0) + 1;
    this.incarnations.set(instance, incarnation);
    const { subject } = request.config;
    const version = this.context.versions.of(instance);
    const deployed = version === "next" ? { ...subject, ...subject.next } : subject;
    const process = await stack.subjects.spawn({
      instance,
      incarnation,
      command: deployed.command,
      cwd: resolve(request.configFolder, deployed.cwd ?? "."),
      container: deployed.container,
      httpPort: this.httpPorts.get(instance) ?? 0,
      env: this.environmentOf(instance),
      hasOwnClock: this.context.scenario.faults.some(({ fault }) => fault === "clock-step"),
      logFile: join(request.runFolder, "logs", `${this.context.scenario.id}.${instance}.log`),
    });
    this.running.set(instance, process);
    const facts = { stream: "process", instance, version, pid: process.pid, incarnation } as const;
    recorder.record({ ...facts, kind: "spawned", signal: null, code: null, planned: true });
    this.meet("process.spawned", instance);
    void process.exited.then((exit) => this.noteExit(process, exit));
    await this.untilReady(process);
    recorder.record({ ...facts, kind: "ready", signal: null, code: null, planned: true });
    this.meet("process.ready", instance);
  }

  /** Where a path of each running instance is. */
  urlsOf(path: string): readonly { readonly instance: string; readonly url: string }[] {
    return [...this.running.keys()].map((instance) => ({
      instance,
      url: `http://127.0.0.1:${this.httpPorts.get(instance)}${path}`,
    }));
  }

  /** True when it exited by itself: no fault will start it again. */
  hasLeft(instance: string): boolean {
    return !this.running.has(instance) && this.left.has(instance);
  }

  isRunning(instance: string): boolean {
    return this.running.has(instance);
  }

  /** Instances whose next start is of another version. */
  deploy(version: Version, instances: readonly string[]): void {
    for (const instance of instances) this.context.versions.set(instance, version);
  }

  /** The process of an instance, about to be stopped or woken by the harness. */
  signalled(instance: string, signal: "SIGSTOP" | "SIGCONT"): SubjectProcess {
    const process = this.required(instance);
    if (signal === "SIGSTOP") this.stopped.add(process);
    else this.stopped.delete(process);
    this.noteSignal(process, signal);
    return process;
  }

  /** The process of an instance, marked as about to be signalled by the harness. */
  expectExit(instance: string, signal: string): SubjectProcess {
    const process = this.required(instance);
    this.expectedExits.add(process);
    this.noteSignal(process, signal);
    return process;
  }

  /** Exits nobody planned, in words. */
  unplannedExits(): readonly string[] {
    return this.surprises;
  }

  /** SIGTERM to all, SIGKILL to those that have not drained by the deadline. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((instance) => this.stop(instance)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = [...this.running.keys()].map((instance) => {
      const process = this.expectExit(instance, "SIGKILL");
      process.signal("SIGKILL");
      return process.exited.then(() => process.endSurvivors());
    });
    await Promise.all(gone);
  }

  /** Waits until a running instance answers its health path. Rejects at a deadline. */
  async untilHealthy(instance: string): Promise<void> {
    await this.untilReady(this.required(instance));
  }

  private required(instance: string): SubjectProcess {
    const process = this.running.get(instance);
    if (process === undefined) throw new HarnessError("internal", `${instance} is not running.`);
    return process;
  }

  private noteSignal({ instance, pid, incarnation }: SubjectProcess, signal: string): void {
    this.context.recorder.record({
      stream: "process",
      instance,
      kind: "signalled",
      pid,
      incarnation,
      signal,
      code: null,
      planned: true,
    });
  }

  /** A fact, not a frame: a fault may be placed here, and nothing is held. */
  private meet(boundary: BoundaryName, instance: string): void {
    void this.gate.meet({ boundary, instance, named: [] });
  }

  private async stop(instance: string): Promise<void> {
    const process = this.expectExit(instance, "SIGTERM");
    process.signal("SIGTERM");
    // A stopped process would never see SIGTERM.
    if (this.stopped.delete(process)) process.signal("SIGCONT");
    const late = setTimeout(() => process.signal("SIGKILL"), TERMINATE_DEADLINE_MS);
    await process.exited;
    clearTimeout(late);
    process.endSurvivors();
  }

  private async untilReady(process: SubjectProcess): Promise<void> {
    const { config } = this.context.request;
    const url = `http://127.0.0.1:${this.httpPorts.get(process.instance)}${config.subject.healthPath}`;
    let exit: string | null = null;
    void process.exited.then(({ code, signal }) => (exit = signal ?? `code ${code}`));
    const deadlineMs = config.subject.readyTimeoutMs ?? READY_TIMEOUT_MS;
    try {
      await pollUntil(
        async () => {
          if (exit !== null)
            throw new HarnessError(
              "environment",
              `${process.instance} exited before it was ready (${exit}).`,
            );
          return (await this.context.stack.subjects.isHealthy(url)) ? true : null;
        },
        {
          what: `${process.instance} to answer 200 on ${url}`,
          deadlineMs,
          everyMs: READY_POLL_MS,
          signal: this.context.environment.signal,
        },
      );
    } catch (cause) {
      if (cause instanceof HarnessError && cause.code === "environment") {
        const unused = unusedLinks(this.links.of(process.instance));
        const hint = `It never ${unused.join(" and never ")}: does it take its addresses from its environment (subject.env)? `;
        const message = `${cause.message} ${unused.length === 0 ? "" : hint}Its last log lines follow.`;
        throw new HarnessError("environment", message, { cause, details: process.lastLines(15) });
      }
      throw cause;
    }
  }

  private noteExit(
    process: SubjectProcess,
    exit: { readonly code: number | null; readonly signal: string | null },
  ): void {
    const { instance, pid, incarnation } = process;
    if (this.running.get(instance) === process) this.running.delete(instance);
    const planned = this.expectedExits.has(process);
    if (!planned) {
      this.left.add(instance);
      const how = exit.signal ?? `code ${exit.code}`;
      this.surprises.push(`${instance} (pid ${pid}) exited with ${how}, unplanned`);
    }
    this.context.recorder.record({
      stream: "process",
      instance,
      kind: "exited",
      pid,
      incarnation,
      signal: exit.signal,
      code: exit.code,
      planned,
    });
    this.meet("process.exited", instance);
  }

  private environmentOf(instance: string): Readonly<Record<string, string>> {
    const { request, stack, topics, header, database, scenario } = this.context;
    const version = this.context.versions.of(instance);
    const links = this.links.of(instance);
    const credentials = `${stack.postgresUser}:${stack.postgresPassword}`;
    const postgres = links.postgres.address;
    const told = request.config.subject.env({
      instance,
      kafka: listOf(links.kafka.addresses),
      group: header.group,
      topics,
      groups: Object.fromEntries(
        Object.entries(topics).flatMap(([name, topic]) => {
          const found = this.context.consumed.find((consumed) => consumed.topic === topic);
          return found === undefined ? [] : [[name, found.group]];
        }),
      ),
      databaseUrl: `postgres://${credentials}@${postgres.host}:${postgres.port}/${database.name}`,
      apiUrl: `http://${links.api.address.host}:${links.api.address.port}`,
      httpPort: this.httpPorts.get(instance) ?? 0,
      httpHost: stack.subjects.listenHost,
      variant: version === "next" || !hasRedeploy(scenario) ? request.variant : null,
      version,
      sessionTimeoutMs: sessionTimeoutFor(header.eviction),
      direct: {
        kafka: listOf(stack.directKafka),
        databaseUrl: database.directUrl,
      },
    });
    return { ...told, ...scenario.subject?.env };
  }
}

/** "host:port,host:port", as Kafka clients want it. */
function listOf(addresses: readonly HostPort[]): string {
  return addresses.map(({ host, port }) => `${host}:${port}`).join(",");
}
