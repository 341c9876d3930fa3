import { HarnessError } from "../model/errors.ts";
import type { Fault, FaultField, Injection } from "../ports/fault.ts";
import { untilGone } from "./until-gone.ts";

const EXIT_DEADLINE_MS = 5_000;

/** SIGKILL to the victim's whole process group; heals by eviction, takeover and a restart. */
export const kill: Fault<"kill"> = {
  name: "kill",
  unavailable: () => null,
  inject: (spec, field) => ({
    carryOut: () => killInstance(field, field.victim),
    ...comeback(field, spec.restart),
  }),
};

/** Kills and waits until the process is gone. Rejects when it had exited by itself before. */
export async function killInstance(field: FaultField, instance: string): Promise<string> {
  const process = field.expectExit(instance, "SIGKILL");
  process.signal("SIGKILL");
  const exit = await untilGone(process, { signal: "SIGKILL", deadlineMs: EXIT_DEADLINE_MS });
  if (exit.signal !== "SIGKILL") {
    const how = String(exit.code ?? exit.signal);
    throw new HarnessError(
      "internal",
      `${instance} (pid ${process.pid}) exited with ${how} before SIGKILL reached it.`,
    );
  }
  const survivors = process.endSurvivors();
  if (survivors.length > 0) {
    throw new HarnessError(
      "internal",
      `${instance} is a wrapper: its ${process.what} was killed, and process ${survivors.join(", ")} lived on. Start the subject itself (exec, no setsid).`,
    );
  }
  return `${process.what} of ${instance} is gone (SIGKILL)`;
}

/** The victim leaves its group, somebody takes over, and it is started again if asked for. */
export function comeback(field: FaultField, restart: boolean): Pick<Injection, "heal" | "verify"> {
  return {
    heal: async () => {
      await field.evict(field.victim);
      // The survivor first: a fast restart could get its partition back before anybody else.
      const others = field.instances.filter(
        (instance) => instance !== field.victim && field.isRunning(instance),
      );
      const taken =
        others.length === 0 ? "there was nobody to take over" : await field.until("taken-over");
      if (!restart) return `${taken}; ${field.victim} is left out`;
      if (!field.isRunning(field.victim)) await field.start(field.victim);
      return `${taken}; ${field.victim} was started again`;
    },
    verify: () =>
      restart ? field.healthy([field.victim]) : Promise.resolve("no restart was asked for"),
  };
}
