/** What a small model says of an overlay: each packet is 50 bytes longer and passes a device more. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { median } from "../../../runner/analysis/samples.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { Arm, ArmsOf } from "../../../runner/result/result.ts";
import type { OverlayBlock, OverlayBlockEvidence } from "../evidence.ts";
import {
  bulkMbitPerSecond,
  cpuUsARequest,
  newConnectionsPerSecond,
  tunnelPacketsARequest,
  underlayPacketsARequest,
} from "./metrics.ts";
import type { OverlayNote } from "./notes.ts";

/** IPv4, UDP, VXLAN and the inner Ethernet header. */
export const VXLAN_BYTES = 50;
/** IPv4, and TCP with timestamps. */
const TCP_HEADERS = 20 + 20 + 12;
const ETHERNET = 14;

/** Of the bytes on the wire, those that are the user's, in packets as large as the pod may send. */
export function payloadShare(podMtu: number, overheadBytes: number): number {
  return (podMtu - TCP_HEADERS) / (podMtu + overheadBytes + ETHERNET);
}

export function predictOverlay(arms: ArmsOf<OverlayBlockEvidence>): Prediction[] {
  const [baseline, tuned] = arms.map(seen);
  if (!baseline || !tuned) return [];
  return [
    ...[baseline, tuned].flatMap((arm) => packetsInTunnel(arm)),
    ...bulkRatio(baseline, tuned),
    ...connectionsRatio(baseline, tuned),
  ];
}

interface Seen {
  readonly arm: string;
  readonly blocks: readonly OverlayBlock[];
  readonly first: OverlayBlockEvidence;
  of(value: (block: OverlayBlock) => number | null): number | null;
}

/** Undefined: no block of it counts. */
function seen({ name, blocks }: Arm<OverlayBlockEvidence>): Seen | undefined {
  const counted = evidential(blocks);
  const [first] = counted;
  if (!first) return undefined;
  return {
    arm: name,
    blocks: counted,
    first: first.evidence,
    of: (value) => median(counted.flatMap((block) => value(block) ?? [])),
  };
}

/** Whatever the node's own device carries of the load has passed the tunnel before, once; or nothing has. */
function packetsInTunnel({ arm, first, of }: Seen): Prediction[] {
  const isTunnel = first.took === "tunnel";
  const predicted = isTunnel ? of(underlayPacketsARequest) : 0;
  const note: OverlayNote = { kind: isTunnel ? "each-once" : "past-the-tunnel" };
  return predicted === null
    ? []
    : [made("tunnel-packets-per-request", arm, "packets", predicted, of(tunnelPacketsARequest), note)];
}

/** Where the wire is what limits: by the share of payload in its bytes. */
function bulkRatio(baseline: Seen, tuned: Seen): Prediction[] {
  const share = ({ first }: Seen) => payloadShare(first.podMtu.client, first.took === "tunnel" ? VXLAN_BYTES : 0);
  const note: OverlayNote = {
    kind: "by-headers",
    mtu: tuned.first.podMtu.client,
    otherMtu: baseline.first.podMtu.client,
  };
  const measured = ratio(tuned.of(bulkMbitPerSecond), baseline.of(bulkMbitPerSecond));
  return [made("bulk-throughput-ratio", tuned.arm, "", share(tuned) / share(baseline), measured, note)];
}

/** Where the CPU is what limits a closed loop: by what a request costs of it. */
function connectionsRatio(baseline: Seen, tuned: Seen): Prediction[] {
  const predicted = ratio(baseline.of(cpuUsARequest), tuned.of(cpuUsARequest));
  const measured = ratio(tuned.of(newConnectionsPerSecond), baseline.of(newConnectionsPerSecond));
  return predicted === null
    ? []
    : [made("new-connections-ratio", tuned.arm, "", predicted, measured, { kind: "by-cpu" })];
}

function ratio(one: number | null, other: number | null): number | null {
  return one === null || other === null || other === 0 ? null : one / other;
}

function made(
  name: string,
  arm: string,
  unit: string,
  predicted: number,
  measured: number | null,
  note: OverlayNote,
): Prediction {
  const error = measured === null || predicted === 0 ? null : (measured - predicted) / predicted;
  return { name, arm, unit, predicted, measured, error, notes: [note] };
}
