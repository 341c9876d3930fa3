import { expect, test } from "vitest";
import { HarnessError } from "../../model/errors.ts";
import type { Child, ChildExit } from "../process/child.ts";
import { ServerWatch } from "./server-watch.ts";

/** A server as far as it is watched, and its end. */
function server(kind: string): { readonly child: Child; readonly exit: (exit: ChildExit) => void } {
  const { promise: exited, resolve: exit } = Promise.withResolvers<ChildExit>();
  const lastLines = () => ["its last words"];
  return { child: { kind, pid: 7, exited, lastLines } as unknown as Child, exit };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a server that nobody ended is a loss, with its last words", async () => {
  const watch = new ServerWatch();
  const kafka = server("kafka");
  watch.watch(kafka.child);
  kafka.exit({ code: null, signal: "SIGKILL" });
  await settled();
  expect(watch.lost.reason).toBeInstanceOf(HarnessError);
  expect(watch.lost.reason).toMatchObject({
    code: "environment",
    message: expect.stringMatching(/^kafka \(pid 7\) ended by SIGKILL, .*dmesg/),
    details: ["its last words"],
  });
});

test("the end that a fault made is none, and the end of what was started after it is one", async () => {
  const watch = new ServerWatch();
  const [first, second] = [server("postgres"), server("postgres")];
  watch.watch(first.child);
  watch.tell(first.child);
  first.exit({ code: 0, signal: null });
  watch.watch(second.child);
  await settled();
  expect(watch.lost.aborted).toBe(false);
  second.exit({ code: 1, signal: null });
  await settled();
  expect(watch.lost.reason).toMatchObject({
    message: expect.stringMatching(/^postgres \(pid 7\) ended with code 1, /),
  });
});

test("the first loss counts, and none does once the stack stops", async () => {
  const watch = new ServerWatch();
  const gone = new HarnessError("environment", "The engine has gone away.");
  const kafka = server("kafka");
  watch.watch(kafka.child);
  watch.lose(gone);
  kafka.exit({ code: null, signal: "engine-lost" });
  await settled();
  expect(watch.lost.reason).toBe(gone);

  const stopped = new ServerWatch();
  stopped.watch(kafka.child);
  stopped.end();
  await settled();
  expect(stopped.lost.aborted).toBe(false);
});
