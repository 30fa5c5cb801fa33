/** One sample of a text in Prometheus's exposition format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** Reads text format 0.0.4; comments and what is not a sample are passed over. */
export function parsePrometheus(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: parseLabels(labels), value: parseValue(value ?? "") }];
  });
}

/** The sum of all samples of a name whose labels are as wanted. */
export function sumOf(samples: readonly Sample[], name: string, wanted: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter(
      (sample) => sample.name === name && Object.entries(wanted).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

/** The sums of all samples of a name whose labels are as wanted, by the values of one label. */
export function sumsBy(
  samples: readonly Sample[],
  name: string,
  label: string,
  wanted: Readonly<Record<string, string>> = {},
): Record<string, number> {
  const values = new Set(samples.flatMap((sample) => (sample.name === name ? [sample.labels[label] ?? ""] : [])));
  return Object.fromEntries(
    [...values].sort().map((value) => [value, sumOf(samples, name, { ...wanted, [label]: value })]),
  );
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, key = "", value = ""]) => [
      key,
      value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
    ]),
  );
}

function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}
