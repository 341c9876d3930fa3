import { expect, test } from "vitest";
import { unlessLost } from "./unless-lost.ts";

const never = new Promise<never>(() => undefined);
const LOSS = new Error("kafka ended");

function portUnder(lost: AbortSignal) {
  const port = {
    name: "payments",
    now: () => 7,
    answers: (text: string) => Promise.resolve([text]),
    hangs: () => never,
    fails: () => Promise.reject(new Error("refused")),
    producer: () => Promise.resolve({ send: () => never }),
  };
  return unlessLost(port, lost);
}

test("while nothing is lost everything is as it was", async () => {
  const port = portUnder(new AbortController().signal);
  expect(port.name).toBe("payments");
  expect(port.now()).toBe(7);
  expect(await port.answers("yes")).toEqual(["yes"]);
  await expect(port.fails()).rejects.toThrow("refused");
});

test("what waits at the loss, and what is asked after it, rejects with the reason", async () => {
  const lost = new AbortController();
  const port = portUnder(lost.signal);
  const producer = await port.producer();
  const waiting = [port.hangs(), producer.send()];
  lost.abort(LOSS);
  for (const one of waiting) await expect(one).rejects.toBe(LOSS);
  await expect(port.answers("late")).rejects.toBe(LOSS);
  await expect(port.fails()).rejects.toBe(LOSS);
  await expect(producer.send()).rejects.toBe(LOSS);
});
