import { createInterface } from "node:readline";

/** Objects of a stream that holds one JSON object a line, as the engine's API sends progress and events. */
export async function* jsonLines<T>(stream: NodeJS.ReadableStream): AsyncGenerator<T> {
  for await (const line of createInterface({ input: stream })) {
    if (line.trim() !== "") yield JSON.parse(line) as T;
  }
}
