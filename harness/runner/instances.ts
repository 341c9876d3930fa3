import { join, resolve } from "node:path";
import { HarnessError } from "../model/errors.ts";
import type { SubjectProcess } from "../ports/subject.ts";
import { pollUntil } from "./deadline.ts";
import type { OpenLinks } from "./instance-links.ts";
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

  constructor(context: ScenarioContext, links: OpenLinks, httpPorts: ReadonlyMap<string, number>) {
    this.context = context;
    this.links = links;
    this.httpPorts = httpPorts;
  }

  /** Starts an instance and waits until it answers its health path. */
  async start(instance: string): Promise<void> {
    const { request, stack, recorder } = this.context;
    const incarnation = (this.incarnations.get(instance) ?? 0) + 1;
    this.incarnations.set(instance, incarnation);
    const process = await stack.subjects.spawn({
      instance,
      incarnation,
      command: request.config.subject.command,
      cwd: resolve(request.configFolder, request.config.subject.cwd ?? "."),
      env: this.environmentOf(instance),
      logFile: join(request.runFolder, "logs", `${this.context.scenario.id}.${instance}.log`),
    });
    this.running.set(instance, process);
    const facts = { stream: "process", instance, pid: process.pid, incarnation } as const;
    recorder.record({ ...facts, kind: "spawned", signal: null, code: null, planned: true });
    void process.exited.then((exit) => this.noteExit(process, exit));
    await this.untilReady(process);
    recorder.record({ ...facts, kind: "ready", signal: null, code: null, planned: true });
  }

  /** The process of an instance, marked as about to be signalled by the harness. */
  expectExit(instance: string, signal: string): SubjectProcess {
    const process = this.running.get(instance);
    if (process === undefined) throw new HarnessError("internal", `${instance} is not running.`);
    this.expectedExits.add(process);
    const { pid, incarnation } = process;
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
      return process.exited;
    });
    await Promise.all(gone);
  }

  private async stop(instance: string): Promise<void> {
    const process = this.expectExit(instance, "SIGTERM");
    process.signal("SIGTERM");
    const late = setTimeout(() => process.signal("SIGKILL"), TERMINATE_DEADLINE_MS);
    await process.exited;
    clearTimeout(late);
  }

  private async untilReady(process: SubjectProcess): Promise<void> {
    const { config } = this.context.request;
    const url = `http://127.0.0.1:${this.httpPorts.get(process.instance)}${config.subject.healthPath}`;
    let hasExited = false;
    void process.exited.then(() => (hasExited = true));
    const deadlineMs = config.subject.readyTimeoutMs ?? READY_TIMEOUT_MS;
    try {
      await pollUntil(
        async () => {
          if (hasExited)
            throw new HarnessError(
              "environment",
              `${process.instance} exited before it was ready.`,
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
        throw new HarnessError("environment", `${cause.message} Its last log lines follow.`, {
          cause,
          details: process.lastLines(15),
        });
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
  }

  private environmentOf(instance: string): Readonly<Record<string, string>> {
    const { request, stack, topics, header, database } = this.context;
    const links = this.links.of(instance);
    const credentials = `${stack.postgresUser}:${stack.postgresPassword}`;
    const postgres = links.postgres.address;
    return request.config.subject.env({
      instance,
      kafka: `${links.kafka.address.host}:${links.kafka.address.port}`,
      group: header.group,
      topics,
      databaseUrl: `postgres://${credentials}@${postgres.host}:${postgres.port}/${database.name}`,
      apiUrl: `http://${links.api.address.host}:${links.api.address.port}`,
      httpPort: this.httpPorts.get(instance) ?? 0,
      variant: request.variant,
      sessionTimeoutMs: request.eviction === "session-timeout" ? 6_000 : 30_000,
      direct: {
        kafka: `${stack.directKafka.host}:${stack.directKafka.port}`,
        databaseUrl: database.directUrl,
      },
    });
  }
}
