/** Writes samples to the user's Prometheus as they come, and never holds up what they are of. */
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError, reasonOf } from "../errors.ts";
import type { PrometheusAddress } from "./address.ts";
import { said } from "./client.ts";
import { send } from "./send.ts";
import { WRITE_HEADERS, type WrittenSample, writeRequest } from "./write-request.ts";

export interface PrometheusWriter {
  add(samples: readonly WrittenSample[]): void;
  /** Writes the rest; gives a sentence where something was not taken. Within so long, whatever happens. */
  end(): Promise<string | null>;
}

/** Prometheus takes no samples that are over an hour older than its newest, so a long day is not kept until it ends. */
const EVERY_MS = 10_000;
/** As many as Prometheus itself sends at once (max_samples_per_send). */
const MOST_AT_ONCE = 2_000;
/** What is kept for a receiver that is away; the oldest go first. */
const MOST_KEPT = 200_000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
const END_LIMIT_MS = 60_000;

export function openWriter(address: PrometheusAddress): PrometheusWriter {
  const queue: WrittenSample[] = [];
  const giveUp = new AbortController();
  let [written, lost] = [0, 0];
  let why: string | null = null;

  const refused = (count: number, reason: string) => {
    lost += count;
    why ??= reason;
  };
  const flush = async () => {
    while (queue.length > 0) await writeAll(queue.splice(0, MOST_AT_ONCE));
  };
  /** One sample that can't be taken has Prometheus refuse all that came with it, so halves are tried. */
  const writeAll = async (batch: readonly WrittenSample[]): Promise<void> => {
    try {
      await write(address, writeRequest(batch), giveUp.signal);
      written += batch.length;
    } catch (error) {
      if (giveUp.signal.aborted) return refused(batch.length, `${address.flag}: it took too long`);
      if (!(error instanceof EnvironmentError)) throw error;
      const middle = batch.length >> 1;
      if (!(error instanceof BadSamples) || middle === 0) return refused(batch.length, reasonOf(error));
      await writeAll(batch.slice(0, middle));
      await writeAll(batch.slice(middle));
    }
  };
  // One after the other: samples of a series must arrive in order.
  let flushing = Promise.resolve();
  const timer = setInterval(() => {
    flushing = flushing.then(flush);
    flushing.catch(() => undefined); // told by end()
  }, EVERY_MS);
  timer.unref();

  return {
    add(samples) {
      queue.push(...samples);
      if (queue.length > MOST_KEPT)
        refused(queue.splice(0, queue.length - MOST_KEPT).length, `${address.flag}: it was away for too long`);
    },
    async end() {
      clearInterval(timer);
      const late = setTimeout(() => giveUp.abort(), END_LIMIT_MS);
      try {
        await flushing.then(flush);
      } finally {
        clearTimeout(late);
      }
      return lost === 0 ? null : `${lost} of ${lost + written} samples were not written to Prometheus: ${why}`;
    },
  };
}

/** @throws EnvironmentError in one sentence */
async function write(address: PrometheusAddress, body: Uint8Array, signal: AbortSignal): Promise<void> {
  const { url, flag } = address;
  for (let attempt = 1; ; attempt++) {
    const last = attempt === ATTEMPTS;
    try {
      const answer = await send(address, { method: "POST", url, headers: WRITE_HEADERS, body, signal });
      if (answer.status >= 200 && answer.status < 300) return;
      // What was refused once is refused again, but by one that is full or away.
      if (last || !(answer.status === 429 || answer.status >= 500))
        throw new (answer.status === 400 ? BadSamples : Refused)(
          `${flag}: ${refusal(answer.status, answer.text, url)}`,
        );
    } catch (error) {
      if (last || error instanceof Refused || !(error instanceof EnvironmentError)) throw error;
    }
    await sleep(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal });
  }
}

class Refused extends EnvironmentError {}
/** Some of them at least. */
class BadSamples extends Refused {}

function refusal(status: number, text: string, { host }: URL): string {
  if (status === 401 || status === 403)
    return `${host} wants to know who writes (HTTP ${status}); give a token's file, or user and password in the address`;
  if (status === 404 || status === 405)
    return `${host} takes no samples there (HTTP ${status}); give the whole address, such as http://${host}/api/v1/write, and let Prometheus take them (--web.enable-remote-write-receiver)`;
  if (status >= 300 && status < 400) return `${host} sends us elsewhere (HTTP ${status}), where nobody goes`;
  return `${host} refused them (HTTP ${status}): ${said(text) || "no reason given"}`;
}
