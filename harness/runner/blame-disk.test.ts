import { expect, test } from "vitest";
import { HarnessError } from "../model/errors.ts";
import type { StartedStack } from "../ports/stack.ts";
import { blameDisk } from "./blame-disk.ts";

const FULL = `PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device`;

/** Of a stack, what is asked here. */
function stackSaying(postgres: string, dataFolder: string | null): StartedStack {
  const logTail = (server: string) => Promise.resolve(server === "postgres" ? [postgres] : []);
  return { logTail, dataFolder } as unknown as StartedStack;
}

test.each([
  ["/", /^The disk under postgres is full \("PANIC: .*\), and so: cut\. \/ has .* free .*TMPDIR/],
  [null, /^The disk under postgres is full \("PANIC: .*\), and so: cut\. .*docker system prune/],
])("a server that ran out of disk in %s is to blame, not what broke then", async (folder, said) => {
  const blamed = await blameDisk(new Error("cut"), stackSaying(FULL, folder));
  expect(blamed).toBeInstanceOf(HarnessError);
  expect(blamed).toMatchObject({ code: "environment", message: expect.stringMatching(said) });
});

test("what broke for another reason stays what it is", async () => {
  const error = new Error("cut");
  expect(await blameDisk(error, stackSaying("LOG:  checkpoint starting: time", "/"))).toBe(error);
});
