import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** Where Chromium is on this machine; null when it is nowhere on PATH. */
export function chromiumPath(): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return (
    folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync) ?? null
  );
}

/** Headless, and quiet on the network: Chromium's own lookups would hide ours. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
