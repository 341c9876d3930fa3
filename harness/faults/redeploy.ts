import type { Fault } from "../ports/fault.ts";
import { killInstance } from "./kill.ts";
import { drainInstance } from "./until-gone.ts";

/**
 * The victim's grace period has run out at the boundary it met, so it is killed; the other version
 * replaces it. The rest drains on SIGTERM, all at once or one after the other.
 */
export const redeploy: Fault<"redeploy"> = {
  name: "redeploy",
  unavailable: () => null,
  inject: ({ strategy, to }, field) => {
    const others = field.instances.filter(
      (instance) => instance !== field.victim && field.isRunning(instance),
    );
    return {
      carryOut: () => killInstance(field, field.victim),
      heal: async () => {
        field.deploy(to, [field.victim]);
        if (strategy === "stop-start") {
          // Nobody of the old version may get the victim's partition: they go first.
          await Promise.all(others.map((instance) => drainInstance(field, instance)));
          await field.evict(field.victim);
          field.deploy(to, others);
          await Promise.all([field.victim, ...others].map((instance) => field.start(instance)));
        } else {
          await field.evict(field.victim);
          await field.start(field.victim);
          for (const instance of others) {
            await drainInstance(field, instance);
            field.deploy(to, [instance]);
            await field.start(instance);
          }
        }
        return `every instance runs the ${to} version (${strategy})`;
      },
      verify: () => field.healthy([field.victim, ...others]),
    };
  },
};
