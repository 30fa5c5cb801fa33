import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { type ArmSwitch, armSwitch } from "../../../runner/experiment/arm-switch.ts";
import { type Nodes, readNodes } from "../../../runner/experiment/nodes.ts";
import type { TrialRequest } from "../../../runner/experiment/trial.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import type { Progress } from "../../../runner/progress.ts";
import { type Places, places } from "../../../runner/workloads/places.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { type ChainSwitch, chainSwitch } from "./chain-switch.ts";
import { type Chain, createChainServices } from "./dns/chain.ts";
import { createDnsService, grantDnsAccess } from "./dns/server.ts";
import { deployUpstream, type Upstream } from "./dns/upstream.ts";
import { type Outside, outside } from "./outside.ts";
import type { Storm } from "./storm.ts";
import { zoneOf } from "./zone.ts";

/** What all blocks of a run have in common. */
export interface Stage extends TrialRequest {
  readonly storm: Storm;
  readonly agents: Agents;
  readonly nodes: Nodes;
  /** Of what is made anew for blocks. */
  readonly places: Places;
  readonly armSwitch: ArmSwitch;
  readonly outside: Outside;
  /** Address of the DNS under test; its pods are made anew for each block. */
  readonly dnsIp: string;
  readonly upstream: Upstream;
  readonly hops: Chain["hops"];
  readonly chainSwitch: ChainSwitch;
  readonly stormImages: StormImages;
}

export interface StormImages {
  readonly coredns: string;
  readonly resolver: string;
  readonly nodeWorker: string;
  /** Or why there is none; a run does without it. */
  readonly dnsperf: { readonly image: string } | { readonly missing: string };
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function setStage(request: TrialRequest, storm: Storm, progress: Progress): Promise<Stage> {
  const { cluster, images, journal, signal } = request;
  const stormImages = await loadImages(request);
  await createNamespace(cluster, () => journal.record({ change: "namespace" }));
  const beyond = outside(cluster, journal);
  try {
    const agents = await progress.step("Agents on every node", () => deployAgents(cluster, images.agent, signal));
    const hops = await createChainServices(cluster, storm.chain.depth);
    // Nobody calls it, but its name is looked up.
    await deployWebService(cluster);
    await grantDnsAccess(cluster, beyond.object);
    const dnsIp = await createDnsService(cluster);
    const upstream = await progress.step("Upstream name server", () =>
      deployUpstream(cluster, images.agent, zoneOf(hops), signal),
    );
    const nodes = await readNodes(cluster, agents.nodes);
    const ownPlaces = places(nodes.open);
    return {
      ...request,
      storm,
      agents,
      nodes,
      places: ownPlaces,
      armSwitch: armSwitch(agents, journal),
      outside: beyond,
      dnsIp,
      upstream,
      hops,
      chainSwitch: chainSwitch(cluster, stormImages.resolver, storm.chain.depth, ownPlaces),
      stormImages,
    };
  } catch (error) {
    await beyond.clear();
    throw error;
  }
}

async function loadImages({ image }: TrialRequest): Promise<StormImages> {
  const coredns = await image("coredns");
  const resolver = await image("resolver");
  const nodeWorker = await image("node-worker");
  return { coredns, resolver, nodeWorker, dnsperf: await dnsperfImage(image) };
}

async function dnsperfImage(image: TrialRequest["image"]): Promise<StormImages["dnsperf"]> {
  try {
    return { image: await image("dnsperf") };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { missing: error.message };
  }
}

/** Takes back what is not in the namespace; the rest goes with it. */
export async function clearStage(stage: Stage): Promise<void> {
  try {
    await stage.outside.clear(stage.agents);
  } finally {
    await stage.armSwitch.revert();
  }
}
