import { HarnessError } from "../../model/errors.ts";
import type { ServerControl } from "../../ports/fault.ts";
import type { Child } from "../process/child.ts";
import { withDeadline } from "../process/deadline.ts";
import { becomesStopped } from "../process/process-identity.ts";
import type { KafkaPart } from "./kafka-server.ts";
import type { PostgresPart } from "./postgres-server.ts";

const STOP_TIMEOUT_MS = 15_000;

/** Faults on the servers of a local stack: signals to their process groups. */
export function createServerControl(kafka: KafkaPart, postgres: PostgresPart): ServerControl {
  let broker = kafka.child;
  let database = postgres.child;
  return {
    stopPostgres: (mode) => stop(database, mode === "fast" ? "SIGINT" : "SIGQUIT"),
    async startPostgres() {
      database = await postgres.restart();
      return `postgres answers again (pid ${database.pid})`;
    },
    stopBroker: (mode) => stop(broker, mode === "kill" ? "SIGKILL" : "SIGTERM"),
    async startBroker() {
      broker = await kafka.restart();
      return `the broker and its group coordinator answer again (pid ${broker.pid})`;
    },
    async pauseBroker() {
      broker.signal("SIGSTOP");
      if (!(await becomesStopped(broker.pid))) {
        throw new HarnessError("internal", `The broker (pid ${broker.pid}) runs on after SIGSTOP.`);
      }
      return `the broker (pid ${broker.pid}) is stopped (state T)`;
    },
    resumeBroker() {
      broker.signal("SIGCONT");
      return Promise.resolve(`the broker (pid ${broker.pid}) was woken`);
    },
  };
}

async function stop(server: Child, signal: NodeJS.Signals): Promise<string> {
  server.signal(signal);
  await withDeadline(
    { what: `${server.kind} to exit after ${signal}`, timeoutMs: STOP_TIMEOUT_MS },
    server.exited,
  );
  return `${server.kind} (pid ${server.pid}) is gone (${signal})`;
}
