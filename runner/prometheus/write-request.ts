/** A request of Prometheus's remote write 1.0: protobuf in snappy's block format. Pure but for its schema's file. */
import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import { compress } from "snappyjs";

export interface WrittenSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly atUnixMs: number;
  readonly value: number;
}

/** As the specification wants them. */
export const WRITE_HEADERS = {
  "Content-Type": "application/x-protobuf",
  "Content-Encoding": "snappy",
  "X-Prometheus-Remote-Write-Version": "0.1.0",
  "User-Agent": "packetwalk",
};

const schema = readFileSync(new URL("remote-write.proto", import.meta.url), "utf8");
const WriteRequest = protobuf.parse(schema).root.lookupType("prometheus.WriteRequest");

/** Series in the order of their first samples; of each, samples in order of time and one of an instant, as they must be. */
export function writeRequest(samples: readonly WrittenSample[]): Uint8Array {
  const series = new Map<string, { labels: { name: string; value: string }[]; samples: Map<number, number> }>();
  for (const { name, labels, atUnixMs, value } of samples) {
    const named = labelsOf(name, labels);
    const key = JSON.stringify(named);
    const known = series.get(key) ?? { labels: named, samples: new Map<number, number>() };
    known.samples.set(Math.round(atUnixMs), value);
    series.set(key, known);
  }
  const timeseries = [...series.values()].map((each) => ({
    labels: each.labels,
    samples: [...each.samples]
      .map(([timestamp, value]) => ({ timestamp, value }))
      .sort((a, b) => a.timestamp - b.timestamp),
  }));
  return compress(WriteRequest.encode(WriteRequest.fromObject({ timeseries })).finish());
}

/** Sorted by name, and none empty: an empty label is the same as none. */
function labelsOf(name: string, labels: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries({ ...labels, __name__: name })
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => ({ name: label, value }));
}
