/** What each hop of a chain adds: its name's look-up, and its own call. Means, because only they add up to the whole. */
import { rectY, text } from "@observablehq/plot";
import type { Chart } from "../../../../reports/html/charts/chart.ts";
import { armColour, clipped } from "../../../../reports/html/charts/facets.ts";
import { formatQuantity } from "../../../../reports/view/format.ts";
import { RESOLVER_WORDS } from "../labels.ts";
import type { ArmDns, ChainView, HopView } from "../view/dns.ts";
import { chainInWords } from "../view/phrases.ts";

const PANEL_HEIGHT = 150;
const GAP = 44;
const MARGIN = { top: 48, right: 12, bottom: 40, left: 58 };

interface Part extends HopView {
  readonly from: number;
  readonly to: number;
}

function summary({ arm }: ArmDns, chain: ChainView): string {
  const dns = chain.hops.reduce((total, { dnsMs }) => total + dnsMs, 0);
  const own = chain.hops.reduce((total, { ownMs }) => total + ownMs, 0);
  return `${arm.label}, ${RESOLVER_WORDS[chain.resolver]}, ${chain.depth} hops: ${chainInWords(chain)}. On average ${formatQuantity(dns, "ms")} of look-ups and ${formatQuantity(own, "ms")} of calls.`;
}

/** null where no chain was called. */
export function dnsChainChart(all: readonly ArmDns[]): Chart | null {
  const panels = all.flatMap((of) => (of.chain ? [{ of, chain: of.chain }] : []));
  if (panels.length === 0) return null;
  const depth = Math.max(...panels.map(({ chain }) => chain.depth));
  const highest = Math.max(...panels.flatMap(({ chain }) => chain.hops.map(({ dnsMs, ownMs }) => dnsMs + ownMs)));
  return {
    id: "dns-chain",
    title: "What each hop of the chain adds, by arm",
    description: panels.map(({ of, chain }) => summary(of, chain)).join(" "),
    draw: (size) => {
      const keys = panels.map(({ of }) => String(of.arm.index));
      const place = ({ of }: (typeof panels)[number]) =>
        size.arrange === "columns" ? { fx: () => String(of.arm.index) } : { fy: () => String(of.arm.index) };
      const rows = size.arrange === "rows" ? keys.length : 1;
      const padding = keys.length < 2 ? 0 : size.arrange === "rows" ? GAP / (PANEL_HEIGHT + GAP) : 0.09;
      return {
        height: rows * PANEL_HEIGHT + (rows - 1) * GAP + MARGIN.top + MARGIN.bottom,
        marginTop: MARGIN.top,
        marginRight: MARGIN.right,
        marginBottom: MARGIN.bottom,
        marginLeft: MARGIN.left,
        [size.arrange === "columns" ? "fx" : "fy"]: {
          domain: keys,
          axis: null,
          paddingInner: padding,
          paddingOuter: 0,
        },
        x: {
          domain: [0.4, depth + 0.6],
          ticks: [1, 5, 10, 15, 20].filter((hop) => hop <= depth),
          tickFormat: (hop: number) => String(hop),
          label: "hop",
          labelAnchor: "right" as const,
          labelArrow: false,
          labelOffset: 36,
          tickSize: 4,
        },
        y: {
          domain: [0, highest * 1.05 || 1],
          ticks: 4,
          tickFormat: (tick: number) => formatQuantity(tick, "ms"),
          label: null,
          tickSize: 0,
          grid: true,
        },
        marks: [
          ...panels.flatMap((panel) => {
            const bars = (of: (hop: HopView) => readonly [number, number], className: string, fillOpacity: number) =>
              rectY(
                panel.chain.hops.map((hop): Part => ({ ...hop, from: of(hop)[0], to: of(hop)[1] })),
                {
                  ...place(panel),
                  x1: (hop: Part) => hop.hop - 0.4,
                  x2: (hop: Part) => hop.hop + 0.4,
                  y1: "from",
                  y2: "to",
                  fill: armColour(panel.of.arm),
                  fillOpacity,
                  className,
                },
              );
            return [
              bars(({ dnsMs }) => [0, dnsMs], "hop-dns", 1),
              bars(({ dnsMs, ownMs }) => [dnsMs, dnsMs + ownMs], "hop-own", 0.35),
              text([clipped(panel.of.arm.label, size.arrange === "columns" ? 44 : 34)], {
                ...place(panel),
                frameAnchor: "top-left",
                dy: -18,
                fill: armColour(panel.of.arm),
                className: "arm-label",
              }),
            ];
          }),
          text(["mean of each hop: look-up (full colour), call (pale)"], {
            facet: "super",
            frameAnchor: "top-left",
            dx: -MARGIN.left + 2,
            dy: -42,
            fill: "var(--quiet)",
          }),
        ],
      };
    },
  };
}
