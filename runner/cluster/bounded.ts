import type { Readable } from "node:stream";
import { EnvironmentError } from "../errors.ts";

/** More than any log or command of a run prints: what has no end must not fill the memory. */
export const MOST_BYTES = 256 * 1024 * 1024;

export function tooMuch(most = MOST_BYTES): string {
  return `it printed more than ${Math.round(most / (1024 * 1024))} MiB`;
}

/**
 * All that a stream brings, as text.
 * @throws EnvironmentError when it brings more than so many bytes; no more is read then
 */
export async function boundedText(stream: Readable, most = MOST_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > most) throw new EnvironmentError(tooMuch(most));
    chunks.push(read);
  }
  return Buffer.concat(chunks).toString("utf8");
}
