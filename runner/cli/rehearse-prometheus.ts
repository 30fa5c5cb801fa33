/** A rehearsal's options about Prometheus: where counters are read, and where results are written. */
import { type PrometheusAddress, prometheusAddress } from "../prometheus/address.ts";
import { openPrometheus } from "../prometheus/client.ts";
import { type PrometheusQuery, readQueries } from "../prometheus/queries.ts";
import { openWriter } from "../prometheus/writer.ts";
import { prometheusReadings } from "../rehearsal/run/from-prometheus.ts";
import { NO_READINGS, type Readings, type RehearsalGround } from "../rehearsal/run/ground.ts";
import { prometheusScope } from "../rehearsal/run/prometheus-scope.ts";
import type { Viewer } from "../rehearsal/run/rehearse.ts";
import { endSamples, secondSamples, stageSamples } from "../rehearsal/run/to-prometheus.ts";
import type { Rehearsal } from "../result/rehearsal.ts";
import { withoutSecrets } from "../secrets.ts";
import { shellWord } from "../shell-word.ts";
import { type PrometheusOptions, TOKEN } from "./prometheus-options.ts";
import { ofNoUse, writeAddress } from "./prometheus-write.ts";

export interface AskedPrometheus {
  readonly read: { readonly address: PrometheusAddress; readonly queries: readonly PrometheusQuery[] } | undefined;
  readonly write: PrometheusAddress | undefined;
}

/** @throws UsageError: before anything is started */
export function askedPrometheus(options: PrometheusOptions, env: NodeJS.ProcessEnv): AskedPrometheus {
  const { prometheus, prometheusQueries, prometheusTokenFile } = options;
  if (prometheus === undefined && prometheusQueries !== undefined)
    throw ofNoUse("--prometheus-queries", "--prometheus");
  if (prometheus === undefined && prometheusTokenFile !== undefined)
    throw ofNoUse("--prometheus-token-file", "--prometheus");
  const token = { file: prometheusTokenFile, fileFlag: "--prometheus-token-file", variable: TOKEN };
  return {
    read:
      prometheus === undefined
        ? undefined
        : {
            address: prometheusAddress("--prometheus", prometheus, token, env),
            queries: readQueries(prometheusQueries),
          },
    write: writeAddress(options, env),
  };
}

/** Pure: the words of a command line that ask for the same, without a password. */
export function prometheusWords(options: PrometheusOptions): string[] {
  const words = [
    ["--prometheus", options.prometheus],
    ["--prometheus-queries", options.prometheusQueries],
    ["--prometheus-token-file", options.prometheusTokenFile],
    ["--prometheus-write", options.prometheusWrite],
    ["--prometheus-write-token-file", options.prometheusWriteTokenFile],
  ] as const;
  return words.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${shellWord(withoutSecrets(value))}`]));
}

export async function openReadings(
  { read }: AskedPrometheus,
  ground: Pick<RehearsalGround, "cluster" | "nodes" | "targets" | "signal">,
): Promise<Readings> {
  if (read === undefined) return NO_READINGS;
  const { signal } = ground;
  const [prometheus, scope] = await Promise.all([openPrometheus(read.address, signal), prometheusScope(ground)]);
  return prometheusReadings({ flag: read.address.flag, prometheus, queries: read.queries, scope, signal });
}

/** Writes what a viewer is told. */
export interface Writing extends Viewer {
  /** @param rehearsal undefined: it came to nothing. Gives a sentence where something was not taken. */
  end(rehearsal: Rehearsal | undefined): Promise<string | null>;
}

export function openWriting({ write }: AskedPrometheus, rehearsal: string): Writing {
  if (write === undefined) return { second: () => {}, stage: () => {}, end: async () => null };
  const writer = openWriter(write);
  let number = 1;
  return {
    second: (stage, second) => writer.add(secondSamples({ rehearsal, number }, stage, second)),
    stage(stage) {
      writer.add(stageSamples({ rehearsal, number }, stage));
      number++;
    },
    end(whole) {
      if (whole) writer.add(endSamples(whole));
      return writer.end();
    },
  };
}
