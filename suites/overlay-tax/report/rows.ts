/** What each arm's path was and cost, for terminal and page alike. */
import type { ArmView } from "../../../reports/view/arms.ts";
import { formatCount, formatQuantity, formatWithUnit } from "../../../reports/view/format.ts";
import { median, sum } from "../../../runner/analysis/samples.ts";
import {
  aRequest,
  bulkMbitPerSecond,
  corruptedPayloads,
  cpuUsARequest,
  lostDatagrams,
  newConnectionsPerSecond,
  tunnelPacketsARequest,
  underlayPacketsARequest,
} from "../analysis/metrics.ts";
import type { OverlayBlock, OverlayBlockEvidence } from "../evidence.ts";

export type Arms = readonly ArmView<OverlayBlockEvidence>[];

export interface Row {
  readonly what: string;
  /** One for each arm. */
  readonly values: readonly string[];
}

/** Medians over the blocks that count. */
export function rowsOf(arms: Arms): readonly Row[] {
  const row = (what: string, of: (blocks: readonly OverlayBlock[]) => string): Row => ({
    what,
    values: arms.map(({ measured }) => (measured.length === 0 ? "–" : of(measured))),
  });
  const middle = (unit: string, of: (block: OverlayBlock) => number | null) => (blocks: readonly OverlayBlock[]) =>
    formatWithUnit(median(blocks.flatMap((block) => of(block) ?? [])), unit);
  return [
    row("path taken", each(pathInWords)),
    row("MTU in the pods", each(mtuInWords)),
    row("checksums on the overlay", each(checksumInWords)),
    row("new connections", middle("/s", newConnectionsPerSecond)),
    row("bulk, one TCP stream", middle("Mbit/s", bulkMbitPerSecond)),
    row("packets a request, tunnel", middle("", tunnelPacketsARequest)),
    row("packets a request, node's device", middle("", underlayPacketsARequest)),
    row(
      "softirq CPU a request",
      middle("µs", (block) => aRequest(block, 1_000 * block.evidence.cpuMs.softirq)),
    ),
    row(
      "system CPU a request",
      middle("µs", (block) => aRequest(block, 1_000 * block.evidence.cpuMs.system)),
    ),
    row("kernel CPU a request", middle("µs", cpuUsARequest)),
    row("connection table, at most", middle("entries", fullestTable)),
    row("datagrams and streams compared", comparedInWords),
    row("of these corrupted, lost", damagedInWords),
    row("largest packet with DF", each(sizesInWords)),
    row("fragmented, not reassembled", fragmentsInWords),
    row("checksum errors, UDP and TCP", checksumErrorsInWords),
  ];
}

/** Of the fuller node; null: no agent could read it. */
function fullestTable({ conntrack }: OverlayBlock): number | null {
  return conntrack.length === 0 ? null : Math.max(...conntrack.map(({ entries }) => entries));
}

/** All that blocks say, each once. */
function each(say: (evidence: OverlayBlockEvidence) => string) {
  return (blocks: readonly OverlayBlock[]) => [...new Set(blocks.map(({ evidence }) => say(evidence)))].join("; ");
}

function pathInWords({ took, tunnel, underlay }: OverlayBlockEvidence): string {
  if (took === "direct") return `direct, by ${underlay.device}`;
  if (took === "unclear" || tunnel === null) return "unclear";
  return `${tunnel.kind}, by ${tunnel.device}`;
}

function mtuInWords({ podMtu }: OverlayBlockEvidence): string {
  const all = [...new Set([podMtu.client, podMtu.server, ...podMtu.load])];
  return all.map((mtu) => formatCount(mtu)).join(" and ");
}

function checksumInWords({ took, tunnel }: OverlayBlockEvidence): string {
  if (took !== "tunnel" || tunnel === null) return "–";
  if (tunnel.txChecksum === null) return "not told";
  return tunnel.txChecksum ? "by the device" : "by the kernel";
}

function comparedInWords(blocks: readonly OverlayBlock[]): string {
  const checks = blocks.flatMap(({ evidence }) => evidence.check.integrity ?? []);
  const streams = checks.filter(({ streamSame }) => streamSame !== null).length;
  return `${formatCount(sum(checks.map(({ datagrams }) => datagrams)))} and ${formatCount(streams)}`;
}

function damagedInWords(blocks: readonly OverlayBlock[]): string {
  const compared = blocks.filter(({ evidence }) => evidence.check.integrity !== null);
  if (compared.length === 0) return "not known";
  const total = (of: (block: OverlayBlock) => number | null) => formatCount(sum(compared.map((each) => of(each) ?? 0)));
  return `${total(corruptedPayloads)}, ${total(lostDatagrams)}`;
}

/** "1,500 of 1,500", or which black hole. */
export function sizesInWords({ check: { sizes } }: OverlayBlockEvidence): string {
  const { verdict, passes, fails, deviceMtu, toldMtu } = sizes;
  switch (verdict) {
    case "clear":
      return `${formatCount(deviceMtu)}, the pod's MTU`;
    case "told":
      return `${formatQuantity(passes, "")} of ${formatCount(deviceMtu)}, and ICMP says ${formatQuantity(toldMtu, "")}`;
    case "black-hole":
      return `BLACK HOLE: ${formatQuantity(passes, "")} passes, ${formatQuantity(fails, "")} does not, no ICMP came`;
    case "no-answer":
      return "no answer to any";
  }
}

function fragmentsInWords(blocks: readonly OverlayBlock[]): string {
  return `${counted(blocks, ["ipFragCreates"])}, ${counted(blocks, ["ipReasmFails"])}`;
}

function checksumErrorsInWords(blocks: readonly OverlayBlock[]): string {
  return counted(blocks, ["udpInCsumErrors", "tcpInCsumErrors"]);
}

/** Over all blocks; a counter that the kernel does not have is not zero. */
function counted(blocks: readonly OverlayBlock[], names: readonly string[]): string {
  const values = blocks.flatMap(({ evidence }) => names.map((name) => evidence.counters[name]));
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length ? "not counted" : formatCount(sum(known));
}
