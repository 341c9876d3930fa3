import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RehearsedRun } from "../rehearsed-run.ts";
import { chromiumPath, launch } from "../testing/browser.ts";
import { HOSTILE, savedRun, withKey, together } from "../testing/saved-runs.ts";
import { renderHtml } from "./page.ts";

const executable = chromiumPath();
const folder = mkdtempSync(join(tmpdir(), "gameday-report-"));
const violated = savedRun("no-duplicate-effects");
const VICTIM = "pay-000020-a1d86eb7";
let browser: Browser;

if (executable === null && process.env["REPORT_BROWSER"] === "required") {
  throw new Error("No chromium on PATH, and REPORT_BROWSER=required.");
}
const inBrowser = test.skipIf(executable === null);

beforeAll(async () => {
  if (executable !== null) browser = await launch(executable);
});
afterAll(async () => {
  if (executable !== null) await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** Opens the rendered run from a file, as a reader would, and listens to what the page does. */
async function open(run: RehearsedRun, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(file, renderHtml(run));
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => complaints.push(`dialog ${dialog.message()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, requests, complaints };
}

/** Presses Tab until the focused element's text matches; bounded. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate("document.activeElement.textContent");
    if (text.test(String(focused).slice(0, 200))) return;
  }
  throw new Error(`No element with ${text} got the focus within 60 presses of Tab.`);
}

inBrowser("from the verdict to one payment's story by keyboard alone", async () => {
  const { page } = await open(violated);
  expect(await page.textContent("h1")).toBe("1 of 60 payments took effect twice.");
  await tabTo(page, /^Read the story of pay-000020/);
  await page.keyboard.press("Enter");
  await page.waitForFunction("document.activeElement.id === 's1-story-1'");
  await page.waitForFunction("Math.abs(document.activeElement.getBoundingClientRect().top) < 100");
  await tabTo(page, /^The same 22 steps in words/);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#s1-story-1 .steps .proof >> nth=0", { state: "visible" });
  await tabTo(page, /^Back to the verdict/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/#verdict$/); // a navigation is not over when the key is up
});

/** What axe has to say of the page with everything on it opened. */
async function axed(page: Page): Promise<unknown> {
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  await page.evaluate(axe.source);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')))",
  );
}

const seen: readonly (readonly [string, string, BrowserContextOptions])[] = [
  ["pass", "light", {}],
  ["no-duplicate-effects", "light", {}],
  ["inconclusive-never-fired", "light", {}],
  [
    "no-duplicate-effects",
    "dark and 400 px wide",
    { colorScheme: "dark", viewport: { width: 400, height: 800 } },
  ],
];

inBrowser.each(seen)("axe finds nothing to complain of in %s, %s", async (name, _, options) => {
  const { page } = await open(savedRun(name), options);
  expect(await axed(page)).toEqual([]);
});

const many = together([
  ["pass", 4],
  ["no-duplicate-effects", 2],
  ["inconclusive-never-fired", 4],
]);

inBrowser.each(["light", "dark"] as const)(
  "axe finds nothing to complain of in ten scenarios of every verdict beside an earlier run, %s",
  async (colorScheme) => {
    const { page } = await open({ ...many, earlier: savedRun("pass").result }, { colorScheme });
    expect(await axed(page)).toEqual([]);
  },
);

inBrowser(
  "from the table of verdicts to a scenario, and to one payment's story there",
  async () => {
    const { page } = await open(many);
    await tabTo(page, /^no-duplicate-effects-2/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/#s6$/);
    await tabTo(page, /^pay-000020/);
    await page.keyboard.press("Enter");
    await page.waitForFunction("document.activeElement.id === 's6-story-1'");
  },
);

inBrowser("nothing is asked of the network, and nothing breaks the policy", async () => {
  const { page, requests, complaints } = await open(violated);
  await page.evaluate("window.scrollTo(0, document.body.scrollHeight)");
  expect(requests.filter((url) => url !== page.url() && !url.startsWith("data:"))).toEqual([]);
  expect(complaints).toEqual([]);
});

inBrowser("hostile payloads run nothing and draw no complaint", async () => {
  const short = HOSTILE.filter(({ length }) => length < 1000);
  for (const text of [short.join(" "), "x".repeat(1_000_000)]) {
    const { page, requests, complaints } = await open(withKey(violated, VICTIM, text));
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
    expect(await page.locator("img, iframe, object, embed").count()).toBe(0);
  }
});

inBrowser("the policy stops a script that was smuggled in all the same", async () => {
  const file = join(folder, "smuggled.html");
  writeFileSync(file, renderHtml(violated).replace("<h1", "<script>window.hit = 1</script><h1"));
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  expect(await page.evaluate("window.hit")).toBeUndefined();
});

inBrowser("without JavaScript the story is still one link away", async () => {
  const { page } = await open(violated, { javaScriptEnabled: false });
  await page.click("text=Read the story of");
  await page.waitForURL(/#s1-story-1$/);
  expect(await page.isVisible("#s1-story-1 h4")).toBe(true);
});

inBrowser("at 400 px nothing but drawings and tables scrolls sideways", async () => {
  const { page } = await open(violated, { viewport: { width: 400, height: 800 } });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
});

inBrowser("printing opens the steps of a story and closes them after", async () => {
  const { page } = await open(violated);
  const isOpen = (): Promise<unknown> => page.evaluate("document.querySelector('.steps').open");
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await isOpen()).toBe(true);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  expect(await isOpen()).toBe(false);
});

inBrowser("the list of payments can be narrowed", async () => {
  const { page } = await open(violated);
  await page.click("text=All 60 payments, one by one");
  await page.fill("#s1-filter", "PAY-000020");
  expect(await page.locator(".all tbody tr:visible").count()).toBe(1);
});
