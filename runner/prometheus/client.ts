/** Prometheus's HTTP API, as far as counters are read by it. */
import { z } from "zod";
import { EnvironmentError, oneLine } from "../errors.ts";
import { printable } from "../printable.ts";
import type { PrometheusAddress } from "./address.ts";
import { type Answer, send } from "./send.ts";
import type { Series } from "./series.ts";

export interface Prometheus {
  /** By how much its clock is ahead of ours, as far as an answer's way lets us see. */
  readonly aheadMs: number;
  /** What it said beside answers, such as that parts of them were missing. */
  readonly warnings: ReadonlySet<string>;
  /**
   * The samples themselves, with the instants at which they were scraped, of a stretch on its clock.
   * @param selector names series and computes nothing, e.g. `up{job="node"}`
   */
  samples(selector: string, fromMs: number, toMs: number, signal?: AbortSignal): Promise<readonly Series[]>;
}

const Instant = z.tuple([z.number(), z.string()]);
const Scalar = z.object({ resultType: z.literal("scalar"), result: Instant });
const Matrix = z.object({
  resultType: z.literal("matrix"),
  // Native histograms have no values.
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Instant).default([]) })),
});
const Failed = z.object({ status: z.literal("error"), error: z.string() });

/** @throws EnvironmentError where it can't be asked */
export async function openPrometheus(address: PrometheusAddress, signal?: AbortSignal): Promise<Prometheus> {
  const warnings = new Set<string>();
  const beganMs = Date.now();
  const { result } = await query(address, warnings, Scalar, { query: "time()" }, signal);
  const [, seconds] = result;
  return {
    aheadMs: Number(seconds) * 1000 - (beganMs + Date.now()) / 2,
    warnings,
    async samples(selector, fromMs, toMs, until) {
      const lengthMs = Math.max(1, Math.ceil(toMs - fromMs));
      const asked = { query: `${selector}[${lengthMs}ms]`, time: (toMs / 1000).toFixed(3) };
      const { result: found } = await query(address, warnings, Matrix, asked, until);
      return found.map(({ metric, values }) => ({ labels: metric, samples: values.flatMap(sampleOf) }));
    },
  };
}

/** A value that is no number was not measured. */
function sampleOf([seconds, text]: z.infer<typeof Instant>): Series["samples"] {
  const value = Number(text);
  return Number.isFinite(value) ? [{ atMs: Math.round(seconds * 1000), value }] : [];
}

async function query<T>(
  address: PrometheusAddress,
  warnings: Set<string>,
  schema: z.ZodType<T>,
  asked: { readonly query: string; readonly time?: string },
  signal: AbortSignal | undefined,
): Promise<T> {
  const url = below(address.url, "api/v1/query");
  url.search = new URLSearchParams(asked).toString();
  const answer = await send(address, { method: "GET", url, signal });
  const document = documentOf(answer);
  const failed = Failed.safeParse(document).data;
  if (failed)
    throw new EnvironmentError(`${address.flag}: the query ${asked.query} was refused: ${said(failed.error)}`);
  const read = z.object({ data: schema, warnings: z.array(z.string()).default([]) }).safeParse(document);
  if (!read.success || answer.status !== 200)
    throw new EnvironmentError(`${address.flag}: ${refusal(answer.status, address.url.host)}`);
  for (const warning of read.data.warnings) warnings.add(said(warning));
  return read.data.data;
}

/** Below the address's own path, if it has one. */
function below({ href }: URL, path: string): URL {
  return new URL(path, href.endsWith("/") ? href : `${href}/`);
}

function documentOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, host: string): string {
  if (status === 401 || status === 403)
    return `${host} wants to know who asks (HTTP ${status}); give a token's file, or user and password in the address`;
  if (status >= 300 && status < 400)
    return `${host} sends us elsewhere (HTTP ${status}), where nobody goes; give that address`;
  return `${host} does not answer as Prometheus does (HTTP ${status}); give the address below which it has /api/v1/query`;
}

const MOST_WORDS = 300;

/** Somebody else's words, for a line. */
export function said(text: string): string {
  const line = printable(oneLine(text));
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)} …` : line;
}
