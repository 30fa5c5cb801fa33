import { EnvironmentError } from "../../../runner/errors.ts";
import type { Stage } from "../../../runner/experiment/stage.ts";
import type { TrialRequest } from "../../../runner/experiment/trial.ts";
import { areThere } from "../../../runner/probes/agents.ts";
import type { Progress } from "../../../runner/progress.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import type { StormOptions } from "../options.ts";
import type { DnsTuning } from "../tunings.ts";
import { type ChainSwitch, chainSwitch } from "./chain-switch.ts";
import { type Chain, createChainServices } from "./dns/chain.ts";
import { createDnsService, grantDnsAccess } from "./dns/server.ts";
import { deployUpstream, type Upstream } from "./dns/upstream.ts";
import type { Storm } from "./storm.ts";
import { zoneOf } from "./zone.ts";

export type StormRequest = TrialRequest<DnsTuning, StormOptions>;

/** What all blocks of a run have in common. */
export interface StormStage extends Stage, StormRequest {
  readonly storm: Storm;
  /** Address of the DNS under test; its pods are made anew for each block. */
  readonly dnsIp: string;
  readonly upstream: Upstream;
  readonly hops: Chain["hops"];
  readonly chainSwitch: ChainSwitch;
  readonly stormImages: StormImages;
}

export interface StormImages {
  readonly coredns: string;
  readonly debian: string;
  readonly node: string;
  /** Or why there is none; a run does without it. */
  readonly dnsperf: { readonly image: string } | { readonly missing: string };
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function openStormStage(request: StormRequest, storm: Storm, progress: Progress): Promise<StormStage> {
  const { cluster, delivery, changes, signal } = request;
  const stormImages = await loadImages(request);
  const stage = await request.lane.open(progress);
  if (!areThere(stage.agents)) assertBreaksWithout(storm, stage.agents.refused);
  const hops = await createChainServices(cluster, storm.chain.depth);
  // Nobody calls it, but its name is looked up.
  await deployWebService(cluster);
  await grantDnsAccess(cluster, (object) => changes.record({ change: "cluster-object", ...object }));
  const dnsIp = await createDnsService(cluster);
  const upstream = await progress.step("Upstream name server", () =>
    deployUpstream(cluster, delivery, zoneOf(hops), signal),
  );
  return {
    ...request,
    ...stage,
    storm,
    dnsIp,
    upstream,
    hops,
    chainSwitch: chainSwitch(cluster, {
      image: stormImages.debian,
      delivery,
      depth: storm.chain.depth,
      places: stage.places,
    }),
    stormImages,
  };
}

/** @throws EnvironmentError where a pod is to be killed, which nobody else can */
function assertBreaksWithout({ faults }: Storm, refused: string): void {
  if (!faults.some(({ kind }) => kind === "kill-pod")) return;
  throw new EnvironmentError(
    `the fault kill-pod takes an agent on the node of the killed pod, and the cluster refuses agents (${refused}): choose others, e.g. --faults slow-upstream,max-concurrent`,
  );
}

async function loadImages({ image }: StormRequest): Promise<StormImages> {
  const coredns = await image("coredns");
  const debian = await image("debian");
  const node = await image("node");
  return { coredns, debian, node, dnsperf: await dnsperfImage(image) };
}

async function dnsperfImage(image: StormRequest["image"]): Promise<StormImages["dnsperf"]> {
  try {
    return { image: await image("dnsperf") };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { missing: error.message };
  }
}
