/** OpenMetrics 1.0: families with all of their samples together, as text with an end that says that nothing was cut off, or one by one. */
import { printable } from "../../../runner/printable.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Family {
  /** Ends with the unit, where there is one. */
  readonly name: string;
  readonly type: "gauge" | "info" | "stateset";
  readonly unit?: string;
  readonly help: string;
}

/** As who reads the text knows it, under the sample's own name. */
export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export interface Exposition {
  /** What is null or no number was not measured: it is left out, and never zero. */
  gauge(family: Omit<Family, "type">, labels: Labels, value: number | null): void;
  info(family: Omit<Family, "type" | "unit">, labels: Labels): void;
  /** Of all states that there can be, the one that holds. */
  state(family: Omit<Family, "type" | "unit">, labels: Labels, states: readonly string[], holds: string): void;
  text(): string;
  samples(): readonly Sample[];
}

export function exposition(): Exposition {
  const families = new Map<string, { readonly family: Family; readonly samples: Sample[] }>();
  const add = (family: Family, suffix: string, labels: Labels, value: number) => {
    const known = families.get(family.name) ?? { family, samples: [] };
    families.set(family.name, known);
    known.samples.push({ name: `${family.name}${suffix}`, labels: shownLabels(labels), value });
  };
  return {
    gauge(family, labels, value) {
      if (value !== null && Number.isFinite(value)) add({ ...family, type: "gauge" }, "", labels, value);
    },
    info(family, labels) {
      add({ ...family, type: "info" }, "_info", labels, 1);
    },
    state(family, labels, states, holds) {
      for (const state of states)
        add({ ...family, type: "stateset" }, "", { ...labels, [family.name]: state }, state === holds ? 1 : 0);
    },
    text: () => `${[...families.values()].flatMap(familyLines).join("\n")}\n# EOF\n`,
    samples: () => [...families.values()].flatMap(({ samples }) => samples),
  };
}

function familyLines({ family: { name, type, unit, help }, samples }: { family: Family; samples: Sample[] }): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map((sample) => `${sample.name}${labelText(sample.labels)} ${sample.value}`),
  ];
}

/** What is not known is no label: an empty one would say the same, and longer. */
function shownLabels(labels: Labels): Labels {
  const shown = Object.entries(labels).map(([name, value]) => [name, printable(value)] as const);
  return Object.fromEntries(shown.filter(([, value]) => value !== ""));
}

function labelText(labels: Labels): string {
  const given = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return given.length === 0 ? "" : `{${given.join(",")}}`;
}

/** Line feeds have gone with all other control characters. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, "\\$&");
}
