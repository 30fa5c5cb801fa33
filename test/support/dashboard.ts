/** What the Grafana dashboard asks of Prometheus. */
import { readFileSync } from "node:fs";

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}

interface Annotation {
  readonly name: string;
  readonly expr: string;
  /** The same once more: Grafana reads the one or the other, by its age. */
  readonly target: { readonly expr: string };
  readonly titleFormat: string;
  readonly textFormat: string;
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
}

export interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly templating: { readonly list: readonly Variable[] };
}

const FILE = new URL("../../manifests/grafana/packetwalk.json", import.meta.url);

export const DASHBOARD: Dashboard = JSON.parse(readFileSync(FILE, "utf8"));

export interface Asked {
  /** Of the panel or the annotation, with the target's letter. */
  readonly title: string;
  readonly expr: string;
  /** What is shown of its labels: `{{suite}}`. */
  readonly shown: string;
  /** Of the last instant alone. */
  readonly instant: boolean;
}

export const ASKED: readonly Asked[] = [
  ...DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr, legendFormat: shown, instant }) => ({
      title: `${title}, ${refId}`,
      expr,
      shown,
      instant,
    })),
  ),
  ...DASHBOARD.annotations.list.map(({ name: title, expr, titleFormat, textFormat }) => ({
    ...{ title, expr, shown: `${titleFormat} ${textFormat}`, instant: false },
  })),
];
