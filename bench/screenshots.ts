/** Pictures of the violated example for docs/images. Needs a chromium on PATH. Usage: npm run screenshots */
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import { chromiumPath, launch } from "../harness/report/testing/browser.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = pathToFileURL(join(ROOT, "reports/examples/violated/report.html")).href;
const A4_PIXELS = { width: 794, height: 1123 };

const SHOTS = [
  { name: "light", viewport: { width: 1280, height: 860 }, look: { colorScheme: "light" } },
  { name: "dark", viewport: { width: 1280, height: 860 }, look: { colorScheme: "dark" } },
  { name: "narrow", viewport: { width: 400, height: 860 }, look: { colorScheme: "light" } },
  { name: "print", viewport: A4_PIXELS, look: { media: "print" }, part: "#s1-anomalies" },
  {
    name: "story",
    viewport: { width: 1280, height: 860 },
    look: { colorScheme: "light" },
    part: "#s1-story-1",
  },
] as const;

const executable = chromiumPath();
if (executable === null) throw new Error("There is no chromium on PATH: apt-get install chromium.");
const browser = await launch(executable);
for (const shot of SHOTS) {
  const page = await browser.newPage({ viewport: shot.viewport });
  await page.emulateMedia(shot.look);
  await page.goto(PAGE);
  const path = join(ROOT, `docs/images/report-${shot.name}.png`);
  if ("part" in shot) await page.locator(shot.part).screenshot({ path });
  else await page.screenshot({ path });
  process.stdout.write(`${path}\n`);
}
await browser.close();
