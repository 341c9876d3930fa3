import type { Fault } from "../ports/fault.ts";

/** The server goes (fast or as in a crash) and comes back on the same data. */
export const restartPostgres: Fault<"restart-postgres"> = {
  name: "restart-postgres",
  unavailable: () => null,
  inject: ({ mode }, field) => ({
    carryOut: () => field.servers.stopPostgres(mode),
    heal: () => field.servers.startPostgres(),
    verify: () => field.traffic(field.victim, "postgres"),
  }),
};
