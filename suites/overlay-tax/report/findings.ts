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

function nothingCorrupted(blocks: readonly OverlayBlock[]): string[] {
  const compared = blocks.flatMap(({ evidence }) => evidence.check.integrity ?? []);
  if (compared.length === 0 || blocks.some((block) => (corruptedPayloads(block) ?? 0) > 0)) return [];
  const datagrams = compared.reduce((total, each) => total + each.datagrams, 0);
  return [
    `none of ${plural(datagrams, "datagram")} and ${plural(compared.length, "stream")} whose SHA-256 was compared end to end was changed on its way: the checksum bug of VXLAN (kubernetes#88986) does not show on this kernel`,
  ];
}

function declaredPath({ declared }: OverlayEvidence["run"]): string[] {
  return declared.map(
    ({ by, backend, mtu }) => `${by} says: ${backend}${mtu === null ? "" : `, MTU ${formatCount(mtu)}`}`,
  );
}
