/** Where results are written by remote write, and the writing of them once they are there. */
import type { SampleAt } from "../../reports/formats/openmetrics/openmetrics.ts";
import { UsageError } from "../errors.ts";
import { printable } from "../printable.ts";
import { type PrometheusAddress, prometheusAddress } from "../prometheus/address.ts";
import { openWriter } from "../prometheus/writer.ts";
import { type PrometheusWriteOptions, WRITE_TOKEN } from "./prometheus-options.ts";

/** @throws UsageError: before anything is started */
export function writeAddress(
  { prometheusWrite, prometheusWriteTokenFile: file }: PrometheusWriteOptions,
  env: NodeJS.ProcessEnv,
): PrometheusAddress | undefined {
  if (prometheusWrite === undefined) {
    if (file !== undefined) throw ofNoUse("--prometheus-write-token-file", "--prometheus-write");
    return undefined;
  }
  const token = { file, fileFlag: "--prometheus-write-token-file", variable: WRITE_TOKEN };
  return prometheusAddress("--prometheus-write", prometheusWrite, token, env);
}

export function ofNoUse(flag: string, other: string): UsageError {
  return new UsageError(`${flag}: is of no use without ${other}; give the address, or leave it out`);
}

/** @returns how many samples it took, or a sentence where something was not taken */
export async function writtenTo(address: PrometheusAddress, samples: readonly SampleAt[]): Promise<number | string> {
  const writer = openWriter(address);
  writer.add(samples);
  return (await writer.end()) ?? samples.length;
}

/** What was found stands, with its exit code, whether or not it could be written there: then that is said. */
export async function writeOrSay(address: PrometheusAddress, samples: readonly SampleAt[]): Promise<void> {
  const written = await writtenTo(address, samples);
  if (typeof written === "string") process.stderr.write(`packetwalk: ${printable(written)}\n`);
}
