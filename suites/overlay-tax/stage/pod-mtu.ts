import { EnvironmentError } from "../../../runner/errors.ts";
import type { Scope } from "../../../runner/experiment/block/scope.ts";
import { type PathState, setPodMtu } from "../../../runner/probes/pod-path.ts";
import type { OverlayStage } from "./overlay-stage.ts";
import { type Readings, readBoth } from "./readings.ts";

/**
 * Gives the pods that stay from block to block the MTU that fits the arm's path, as its CNI would have; the block's end puts back
 * what they had. Gives that MTU for those that come with the block.
 */
export async function fitMtu(stage: OverlayStage, scope: Scope): Promise<number> {
  const before = await readBoth(stage, []);
  const mtu = Math.min(mtuOfWay(before.client), mtuOfWay(before.server));
  await Promise.all(ofBoth(stage, before).map((each) => fitPods(stage, each, mtu, scope)));
  return mtu;
}

interface PodsOf {
  readonly node: string;
  readonly pods: ReadonlyArray<{ readonly uid: string; readonly mtu: number }>;
}

async function fitPods({ agents }: OverlayStage, { node, pods }: PodsOf, mtu: number, scope: Scope): Promise<void> {
  for (const pod of pods.filter((each) => each.mtu !== mtu)) {
    scope.defer(() => setPodMtu(agents, node, [pod.uid], pod.mtu));
    await setPodMtu(agents, node, [pod.uid], mtu);
  }
}

function ofBoth({ ends }: OverlayStage, { client, server }: Readings): PodsOf[] {
  return [
    { node: ends.client.name, pods: podsIn(client) },
    { node: ends.server.name, pods: podsIn(server) },
  ];
}

function podsIn({ places }: PathState): PodsOf["pods"] {
  return places.flatMap(({ where, mtu }) =>
    mtu !== null && where.startsWith("pod:") ? [{ uid: where.slice("pod:".length), mtu }] : [],
  );
}

function mtuOfWay({ ways, links }: PathState): number {
  const [way] = ways;
  const link = links.find(({ name }) => name === way?.device);
  if (!link)
    throw new EnvironmentError(`packets to the other node’s pods leave by ${way?.device}, whose MTU is not known`);
  return link.mtu;
}
