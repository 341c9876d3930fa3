import { planPorts } from "../servers/port-plan.ts";

type ChoosePorts = typeof planPorts;

/** Chooses an occupied port for Postgres the first time, and none that is taken afterwards. */
export function occupiedFirst(occupied: number): {
  readonly choosePorts: ChoosePorts;
  readonly choices: () => number;
} {
  let choices = 0;
  return {
    choosePorts: async (roles, brokers) => {
      const plan = await planPorts(roles, brokers);
      choices += 1;
      return choices === 1 ? { ...plan, postgres: occupied } : plan;
    },
    choices: () => choices,
  };
}
