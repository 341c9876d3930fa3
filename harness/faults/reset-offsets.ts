import type { Fault, FaultField } from "../ports/fault.ts";
import { drainInstance } from "./until-gone.ts";

/**
 * An administrator sets the group back to the beginning (or its offsets have expired): all that was
 * ever delivered and is still retained is delivered again. A group must be empty for it.
 */
export const resetOffsets: Fault<"reset-offsets"> = {
  name: "reset-offsets",
  unavailable: () => null,
  inject: (_, field) => {
    const stopped = field.instances.filter((instance) => field.isRunning(instance));
    return {
      carryOut: async () => {
        await Promise.all(stopped.map((instance) => stop(field, instance)));
        return field.resetOffsets();
      },
      heal: async () => {
        const missing = stopped.filter((instance) => !field.isRunning(instance));
        await Promise.all(missing.map((instance) => field.start(instance)));
        return `${missing.join(" and ")} started again`;
      },
      verify: () => field.healthy(stopped),
    };
  },
};

async function stop(field: FaultField, instance: string): Promise<void> {
  await drainInstance(field, instance);
  await field.evict(instance);
}
