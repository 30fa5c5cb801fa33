import { EnvironmentError } from "../../../runner/errors.ts";
import { type PathState, TICK_MS } from "../../../runner/probes/pod-path.ts";
import { pathTaken } from "../analysis/took.ts";
import type { OverlayBlockEvidence, Packets, PathCheck } from "../evidence.ts";
import type { PathName } from "../tunings.ts";
import type { Readings } from "./readings.ts";

/** What a block read, in order. */
export interface BlockReadings {
  readonly wanted: PathName | null;
  /** Before the checks, before the load, and after it. */
  readonly readings: readonly [Readings, Readings, Readings];
  /** UIDs. */
  readonly pods: { readonly client: string; readonly server: string; readonly load: readonly string[] };
  /** Both nodes are of one kernel, and read the same CPU times. */
  readonly sameKernel: boolean;
  /** Requests. */
  readonly sent: number;
  readonly check: PathCheck;
}

/** Pure: the block's evidence. */
export function overlayEvidence(block: BlockReadings): OverlayBlockEvidence {
  const [, before, after] = block.readings;
  const underlay = nodeDevice(before.client);
  const tunnel = busiestTunnel(before, after);
  const tunnelPackets = tunnel === undefined ? null : packetsOf(before, after, tunnel.name, tunnel.name);
  const [way] = before.client.ways;
  if (!way) throw new EnvironmentError("the client’s node did not say which way its packets take");
  return {
    wanted: block.wanted,
    took: pathTaken(block.sent, tunnelPackets),
    way: { device: way.device, kind: way.kind, tunnel: way.tunnel },
    tunnel:
      tunnel === undefined || tunnelPackets === null
        ? null
        : {
            device: tunnel.name,
            kind: tunnel.kind,
            mtu: tunnel.mtu,
            txChecksum: tunnel.txChecksum,
            errors:
              errorsOf(before.client, after.client, tunnel.name) + errorsOf(before.server, after.server, tunnel.name),
            packets: tunnelPackets,
          },
    underlay: {
      device: underlay.name,
      mtu: underlay.mtu,
      packets: packetsOf(before, after, underlay.name, nodeDevice(before.server).name),
    },
    podMtu: {
      client: mtuIn(before.client, block.pods.client),
      server: mtuIn(before.server, block.pods.server),
      load: block.pods.load.map((uid) => mtuIn(before.client, uid)),
    },
    cpuMs: cpuBetween(before, after, block.sameKernel),
    counters: countersOver(block.readings),
    check: block.check,
  };
}

type Link = PathState["links"][number];

function nodeDevice({ links }: PathState): Link {
  const device = links.find(({ underlay }) => underlay);
  if (!device) throw new EnvironmentError("a node has no device with its own address");
  return device;
}

/** Of those that both nodes have. */
function busiestTunnel(before: Readings, after: Readings): Link | undefined {
  const rose = ({ name }: Link) => {
    const { clientTx, serverTx } = packetsOf(before, after, name, name);
    return clientTx + serverTx;
  };
  return before.client.links
    .filter(({ underlay, name }) => !underlay && before.server.links.some((each) => each.name === name))
    .sort((a, b) => rose(b) - rose(a))[0];
}

function packetsOf(before: Readings, after: Readings, onClient: string, onServer: string): Packets {
  const rise = (from: PathState, to: PathState, name: string, counter: "txPackets" | "rxPackets") =>
    Math.max(0, linkOf(to, name)[counter] - linkOf(from, name)[counter]);
  return {
    clientTx: rise(before.client, after.client, onClient, "txPackets"),
    clientRx: rise(before.client, after.client, onClient, "rxPackets"),
    serverTx: rise(before.server, after.server, onServer, "txPackets"),
    serverRx: rise(before.server, after.server, onServer, "rxPackets"),
  };
}

function errorsOf(before: PathState, after: PathState, name: string): number {
  const total = ({ rxErrors, txErrors, rxDropped, txDropped }: Link) => rxErrors + txErrors + rxDropped + txDropped;
  return Math.max(0, total(linkOf(after, name)) - total(linkOf(before, name)));
}

function linkOf({ links }: PathState, name: string): Link {
  const link = links.find((each) => each.name === name);
  if (!link) throw new EnvironmentError(`the device ${name} went away during a block`);
  return link;
}

function mtuIn({ places }: PathState, uid: string): number {
  const mtu = places.find(({ where }) => where === `pod:${uid}`)?.mtu ?? null;
  if (mtu === null) throw new EnvironmentError(`the MTU of pod ${uid} was not read`);
  return mtu;
}

function cpuBetween(before: Readings, after: Readings, sameKernel: boolean): OverlayBlockEvidence["cpuMs"] {
  const of = (counter: "softirqTicks" | "systemTicks") => {
    const client = after.client[counter] - before.client[counter];
    return TICK_MS * (sameKernel ? client : client + after.server[counter] - before.server[counter]);
  };
  return { softirq: of("softirqTicks"), system: of("systemTicks") };
}

/** Each place's rise from its first reading to its last: the load's pods end before the others. */
function countersOver(readings: BlockReadings["readings"]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const side of ["client", "server"] as const) {
    const states = readings.map((each) => each[side]);
    for (const { where, counters } of states[0]?.places ?? []) {
      const last = states.flatMap(({ places }) => places.find((place) => place.where === where) ?? []).at(-1);
      for (const [name, value] of Object.entries(counters)) {
        const end = last?.counters[name];
        if (end !== undefined) total[name] = (total[name] ?? 0) + Math.max(0, end - value);
      }
    }
  }
  return total;
}
