/** What somebody has to look after, whatever the comparison says. */
import { formatCount, formatQuantity, plural } from "../../../reports/view/format.ts";
import type { Result } from "../../../runner/result/result.ts";
import { corruptedPayloads } from "../analysis/metrics.ts";
import type { OverlayBlock, OverlayEvidence } from "../evidence.ts";

type Found = Result<OverlayEvidence>;

/** A sentence each; every block counts, be it valid or not. */
export function findings({ arms, evidence }: Found): readonly string[] {
  return [
    ...arms.flatMap(({ name, blocks }) => [
      ...blackHole(name, blocks, evidence),
      ...corruption(name, blocks),
      ...brokenStreams(name, blocks),
    ]),
    ...nothingCorrupted(arms.flatMap(({ blocks }) => [...blocks])),
    ...declaredPath(evidence),
  ];
}

function blackHole(
  arm: string,
  blocks: readonly OverlayBlock[],
  { clientNode, serverNode }: OverlayEvidence["run"],
): string[] {
  const sizes = blocks.map(({ evidence }) => evidence.check.sizes).find(({ verdict }) => verdict === "black-hole");
  if (!sizes) return [];
  return [
    `arm ${arm}: a path-MTU black hole between ${clientNode} and ${serverNode}: an IP packet of ${formatQuantity(sizes.passes, "")} bytes with DF passes, ` +
      `one of ${formatQuantity(sizes.fails, "")} does not, and no ICMP message came, though the pod's MTU is ${formatCount(sizes.deviceMtu)}: ` +
      `lower the pods' MTU, raise that of what lies between, or let ICMP "fragmentation needed" through`,
  ];
}

function corruption(arm: string, blocks: readonly OverlayBlock[]): string[] {
  const bad = blocks.filter((block) => (corruptedPayloads(block) ?? 0) > 0);
  if (bad.length === 0) return [];
  const there = bad.reduce((total, { evidence }) => total + (evidence.check.integrity?.corruptedThere ?? 0), 0);
  const back = bad.reduce((total, { evidence }) => total + (evidence.check.integrity?.corruptedBack ?? 0), 0);
  const streams = bad.filter(({ evidence }) => evidence.check.integrity?.streamSame === false).length;
  return [
    `arm ${arm}: payloads arrived otherwise than they were sent, in ${plural(bad.length, "block")}: ${plural(there, "datagram")} on the way there, ` +
      `${formatCount(back)} on the way back, ${plural(streams, "stream")}; their checksums were right, so whatever changed them computed those anew`,
  ];
}

function brokenStreams(arm: string, blocks: readonly OverlayBlock[]): string[] {
  const troubles = blocks.flatMap(({ evidence: { check } }) =>
    [check.bulkTrouble, check.integrity?.streamTrouble ?? ""].filter((each) => each !== ""),
  );
  const [first] = troubles;
  return first === undefined
    ? []
    : [`arm ${arm}: ${plural(troubles.length, "stream")} did not come to an end: ${first}`];
}

/** A null is a result. Of the bug it says something only where packets took the path that had it. */
function nothingCorrupted(blocks: readonly OverlayBlock[]): string[] {
  const compared = comparedIn(blocks);
  if (compared.of === 0 || blocks.some((block) => (corruptedPayloads(block) ?? 0) > 0)) return [];
  const exposed = comparedIn(
    blocks.filter(
      ({ evidence: { took, tunnel } }) => took === "tunnel" && tunnel?.kind === "vxlan" && tunnel.txChecksum,
    ),
  );
  const where =
    exposed.of === 0
      ? "none of these took a VXLAN device with checksum offload, so of its bug (kubernetes#88986) this says nothing"
      : `${plural(exposed.datagrams, "datagram")} of these took a VXLAN device with checksum offload: its bug (kubernetes#88986) does not show on this kernel`;
  return [
    `none of ${plural(compared.datagrams, "datagram")} and ${plural(compared.streams, "stream")} whose SHA-256 was compared end to end was changed on its way; ${where}`,
  ];
}

function comparedIn(blocks: readonly OverlayBlock[]) {
  const checks = blocks.flatMap(({ evidence }) => evidence.check.integrity ?? []);
  return {
    of: checks.length,
    // What was lost was compared with nothing.
    datagrams: checks.reduce((total, { datagrams, lost }) => total + datagrams - lost, 0),
    streams: checks.filter(({ streamSame }) => streamSame !== null).length,
  };
}

function declaredPath({ declared, unread }: OverlayEvidence["run"]): string[] {
  return [
    ...declared.map(
      ({ by, backend, mtu }) => `${by} says: ${backend}${mtu === null ? "" : `, MTU ${formatCount(mtu)}`}`,
    ),
    ...(unread.length === 0
      ? []
      : [`what the cluster says of its own path is not known in full: ${unread.join(", ")} could not be read`]),
  ];
}
