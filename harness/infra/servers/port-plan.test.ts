import { expect, test } from "vitest";
import { HarnessError } from "../../model/errors.ts";
import { withFreePorts } from "./port-plan.ts";

const ended = (line: string): HarnessError =>
  new HarnessError("environment", "kafka ended at start. Its last log lines say why.", {
    details: [line],
  });

/** Starts that fail with these errors, one after the other, and then succeed. */
async function startedAfter(...errors: readonly Error[]) {
  const said: string[] = [];
  let starts = 0;
  const work = withFreePorts(
    (line) => said.push(line),
    () => {
      starts += 1;
      const error = errors[starts - 1];
      return error === undefined ? Promise.resolve("started") : Promise.reject(error);
    },
  );
  const outcome = await work.catch((error: unknown) => error);
  return { outcome, starts, said };
}

test.each([
  ["java.net.BindException: Address already in use"],
  [`could not bind IPv4 address "127.0.0.1": Address already in use`],
  ["listen tcp 127.0.0.1:20001: bind: address already in use"],
  ["listen EADDRINUSE: address already in use 127.0.0.1:20001"],
  ["Bind for 127.0.0.1:20000 failed: port is already allocated"],
])("%s: started again on other ports, and said", async (line) => {
  const { outcome, starts, said } = await startedAfter(ended(line));
  expect({ outcome, starts }).toEqual({ outcome: "started", starts: 2 });
  expect(said).toEqual([
    "A port was taken by another program meanwhile: starting again on other ports",
  ]);
});

test("a port that is taken three times is an error with the fix and the log lines", async () => {
  const taken = ended("Address already in use");
  const { outcome, starts } = await startedAfter(taken, taken, taken, taken);
  expect(starts).toBe(3);
  expect(outcome).toMatchObject({
    code: "environment",
    message: expect.stringMatching(/taken each of 3 times. Stop what listens there, or run again/),
    details: ["Address already in use"],
  });
});

test("any other failure is not tried again", async () => {
  const other = ended("OutOfMemoryError");
  expect(await startedAfter(other)).toEqual({ outcome: other, starts: 1, said: [] });
});
