/**
 * The same port, whose promises reject with the signal's reason once it aborts: a client that tries a
 * server again and again (kafkajs does for minutes) must not hold up a run that has lost the server.
 * Ports that its methods resolve with are wrapped in turn.
 */
export function unlessLost<T extends object>(port: T, lost: AbortSignal): T {
  return new Proxy(port, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        return result instanceof Promise ? settledUnless(result, lost) : result;
      };
    },
  });
}

async function settledUnless(work: Promise<unknown>, lost: AbortSignal): Promise<unknown> {
  const loss = Promise.withResolvers<never>();
  const lose = (): void => loss.reject(lost.reason);
  work.catch(() => undefined); // once it is lost, nobody waits for it
  if (lost.aborted) throw lost.reason;
  lost.addEventListener("abort", lose, { once: true });
  try {
    const value = await Promise.race([work, loss.promise]);
    return isPort(value) ? unlessLost(value, lost) : value;
  } finally {
    lost.removeEventListener("abort", lose);
  }
}

/** Something with methods of its own; rows, offsets and other data have none. */
function isPort(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((member) => typeof member === "function")
  );
}
