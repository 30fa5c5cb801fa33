/** How long look-ups took, as a distribution: a stall of a resolver's timeout is a mode of its own, however rare. */
import { rectY, ruleX, text } from "@observablehq/plot";
import type { Chart } from "../../../../reports/html/charts/chart.ts";
import { armColour, clipped } from "../../../../reports/html/charts/facets.ts";
import { formatCount, formatQuantity, formatShare, plural } from "../../../../reports/view/format.ts";
import { RESOLVER_WORDS } from "../labels.ts";
import { type ArmDns, EDGES_MS, type LatencyView, STALL_MS } from "../view/dns.ts";

const PANEL_HEIGHT = 92;
const GAP = 30;
const MARGIN = { top: 44, right: 12, bottom: 40, left: 58 };
const TICKS_MS = [0.1, 1, 10, 100, 1_000, 10_000];

interface Panel {
  readonly key: string;
  readonly of: ArmDns;
  readonly view: LatencyView;
}

interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly share: number;
}

function barsOf({ view }: Panel): Bar[] {
  return view.buckets
    .filter(({ count }) => count > 0)
    .map(({ fromMs, toMs, count }) => ({ fromMs, toMs, share: count / view.lookups }));
}

function summary({ of, view }: Panel): string {
  const stalls = view.stalls === 0 ? "no stall" : `${plural(view.stalls, "stall")} of about 5 s`;
  return `${of.arm.label}, ${RESOLVER_WORDS[view.resolver]}: ${formatCount(view.lookups)} look-ups, p50 ${formatQuantity(view.p50Ms, "ms")}, p99 ${formatQuantity(view.p99Ms, "ms")}, ${stalls}.`;
}

/** null where no look-up was timed. */
export function dnsLatencyChart(all: readonly ArmDns[]): Chart | null {
  const resolvers = [...new Set(all.flatMap(({ latency }) => latency.map(({ resolver }) => resolver)))];
  const panels = resolvers.flatMap((resolver) =>
    all.flatMap((of): Panel[] => {
      const view = of.latency.find((each) => each.resolver === resolver);
      return view && view.lookups > 0 ? [{ key: `${of.arm.index} ${resolver}`, of, view }] : [];
    }),
  );
  if (panels.length === 0) return null;
  const rarest = Math.min(...panels.flatMap((panel) => barsOf(panel).map(({ share }) => share)));
  const low = 10 ** Math.floor(Math.log10(rarest) - 0.001);
  return {
    id: "dns-latency",
    title: "How long look-ups took, by resolver and arm",
    description: panels.map(summary).join(" "),
    draw: (size) => {
      const place = (panel: Panel) =>
        size.arrange === "columns"
          ? { fx: () => String(panel.of.arm.index), fy: () => panel.view.resolver }
          : { fy: () => panel.key };
      const rows = size.arrange === "columns" ? resolvers : panels.map(({ key }) => key);
      const height = rows.length * PANEL_HEIGHT + (rows.length - 1) * GAP;
      return {
        height: height + MARGIN.top + MARGIN.bottom,
        marginTop: MARGIN.top,
        marginRight: MARGIN.right,
        marginBottom: MARGIN.bottom,
        marginLeft: MARGIN.left,
        ...(size.arrange === "columns"
          ? { fx: { domain: all.map(({ arm }) => String(arm.index)), axis: null, paddingInner: 0.09, paddingOuter: 0 } }
          : {}),
        fy: {
          domain: rows,
          axis: null,
          paddingInner: rows.length < 2 ? 0 : GAP / (PANEL_HEIGHT + GAP),
          paddingOuter: 0,
        },
        x: {
          type: "log" as const,
          domain: [EDGES_MS[0] ?? 0.1, EDGES_MS.at(-1) ?? 10_000],
          ticks: TICKS_MS,
          tickFormat: (tick: number) => formatQuantity(tick, "ms"),
          label: "time from the scheduled instant, log scale",
          labelAnchor: "right" as const,
          labelArrow: false,
          labelOffset: 36,
          tickSize: 4,
        },
        y: {
          type: "log" as const,
          domain: [low, 1],
          ticks: [1, 0.01, 0.0001].filter((tick) => tick >= low),
          tickFormat: (tick: number) => formatShare(tick),
          label: null,
          tickSize: 0,
          grid: true,
        },
        marks: [
          ...panels.flatMap((panel) => [
            ruleX([STALL_MS], { ...place(panel), stroke: "var(--quiet)", strokeDasharray: "2 3" }),
            rectY(barsOf(panel), {
              ...place(panel),
              x1: "fromMs",
              x2: "toMs",
              // From the axis up: a log scale has no zero.
              y1: low,
              y2: "share",
              fill: (bar: Bar) => (bar.toMs > STALL_MS * 0.98 ? "var(--bad)" : armColour(panel.of.arm)),
              insetLeft: 0.5,
              insetRight: 0.5,
              className: "lookups",
            }),
            text([panelLabel(panel, size.name === "wide" ? 60 : 40)], {
              ...place(panel),
              frameAnchor: "top-left",
              dy: -16,
              fill: armColour(panel.of.arm),
              className: "arm-label",
            }),
            text(panel.view.stalls > 0 ? [`5 s: ${formatCount(panel.view.stalls)}`] : [], {
              ...place(panel),
              x: () => STALL_MS,
              frameAnchor: "top",
              textAnchor: "end",
              dx: -5,
              dy: 4,
              fill: "var(--bad)",
              className: "stalls",
            }),
          ]),
          text(["share of look-ups, log scale"], {
            facet: "super",
            frameAnchor: "top-left",
            dx: -MARGIN.left + 2,
            dy: -38,
            fill: "var(--quiet)",
          }),
        ],
      };
    },
  };
}

function panelLabel({ of, view }: Panel, most: number): string {
  return clipped(`${RESOLVER_WORDS[view.resolver]} · ${of.arm.label}`, most);
}
