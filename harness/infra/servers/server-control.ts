import { HarnessError } from "../../model/errors.ts";
import type { ServerControl } from "../../ports/fault.ts";
import type { ProxyHandle } from "../../ports/links.ts";
import type { Child } from "../process/child.ts";
import { withDeadline } from "../process/deadline.ts";
import type { KafkaPart, PostgresPart } from "./parts.ts";
import type { ServerWatch } from "./server-watch.ts";

const STOP_TIMEOUT_MS = 15_000;

/** Faults on the servers of a stack: signals to whatever runs them. */
export function createServerControl(
  parts: {
    readonly kafka: KafkaPart;
    readonly postgres: PostgresPart;
    /** By node id; empty with a single broker. */
    readonly peerProxies: ReadonlyMap<number, ProxyHandle>;
  },
  watch: ServerWatch,
): ServerControl {
  const { kafka, postgres, peerProxies } = parts;
  const brokers = new Map(kafka.children);
  let database = postgres.child;
  const stop = (server: Child, signal: NodeJS.Signals): Promise<string> => {
    watch.tell(server);
    return stopped(server, signal);
  };
  const brokerOf = (node: number): Child => {
    const broker = brokers.get(node);
    if (broker === undefined) throw new HarnessError("internal", `There is no broker ${node}.`);
    return broker;
  };
  return {
    stopPostgres: (mode) => stop(database, mode === "fast" ? "SIGINT" : "SIGQUIT"),
    async startPostgres() {
      database = await postgres.restart();
      watch.watch(database);
      return `postgres answers again (pid ${database.pid})`;
    },
    stopBroker: (node, mode) => stop(brokerOf(node), mode === "kill" ? "SIGKILL" : "SIGTERM"),
    async startBroker(node) {
      const broker = await kafka.restart(node);
      brokers.set(node, broker);
      watch.watch(broker);
      return `broker ${node} and the group coordinator answer again (pid ${broker.pid})`;
    },
    async pauseBroker(node) {
      const broker = brokerOf(node);
      broker.signal("SIGSTOP");
      if (!(await broker.isStopped())) {
        const what = `Broker ${node} (pid ${broker.pid})`;
        throw new HarnessError("internal", `${what} runs on after SIGSTOP.`);
      }
      return `broker ${node} (pid ${broker.pid}) is stopped (${broker.stoppedState})`;
    },
    resumeBroker(node) {
      const { pid, signal } = brokerOf(node);
      signal("SIGCONT");
      return Promise.resolve(`broker ${node} (pid ${pid}) was woken`);
    },
    brokerProxy: (node) => peerProxies.get(node) ?? null,
  };
}

async function stopped(server: Child, signal: NodeJS.Signals): Promise<string> {
  server.signal(signal);
  await withDeadline(
    { what: `${server.kind} to exit after ${signal}`, timeoutMs: STOP_TIMEOUT_MS },
    server.exited,
  );
  return `${server.kind} (pid ${server.pid}) is gone (${signal})`;
}
