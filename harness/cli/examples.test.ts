import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { EDITS_FILE } from "../report/edits.ts";
import { FORMATS } from "../report/formats.ts";
import { readStoredRun } from "./stored-run-reader.ts";

const EXAMPLES = fileURLToPath(new URL("../../reports/examples/", import.meta.url));
const RENDERED = ["html", "md", "rehearsal"];

const golden = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    FORMATS.filter(({ id }) => RENDERED.includes(id)).map((format) => ({
      name,
      file: format.file,
      format,
    })),
  );

test("there is an example of each kind of verdict", () => {
  expect(new Set(golden.map(({ name }) => name))).toEqual(
    new Set(["pass", "violated", "inconclusive"]),
  );
});

test.each(golden)(
  "$file of the example $name is what its journal renders to",
  ({ name, file, format }) => {
    const folder = join(EXAMPLES, name);
    const side = join(folder, EDITS_FILE);
    const run = readStoredRun(folder);
    const edited = existsSync(side) ? { ...run, edits: readFileSync(side, "utf8") } : run;
    expect(run.result.verdict).toBe(name);
    const isSame = format.render(edited) === readFileSync(join(folder, file), "utf8");
    expect(isSame, "npm run examples renders them again").toBe(true);
  },
);
