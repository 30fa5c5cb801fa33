import type { V1Node } from "@kubernetes/client-node";
import { type DeclaredPaths, readDeclaredPaths } from "../../../runner/cluster/declared-paths.ts";
import { listNodes } from "../../../runner/cluster/fit-nodes.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { Stage } from "../../../runner/experiment/stage.ts";
import type { HttpTrialRequest } from "../../../runner/experiment/trial.ts";
import { assertIpv4 } from "../../../runner/preflight/first-family.ts";
import { type Agents, demandAgents } from "../../../runner/probes/agents.ts";
import type { PathPeer } from "../../../runner/probes/pod-path.ts";
import type { Progress } from "../../../runner/progress.ts";
import { deployWeb, type WebPod } from "../../../runner/workloads/web.ts";
import { OVERLAY_NEEDS } from "../needs.ts";
import type { OverlayTuning } from "../tunings.ts";
import { deployPair, type PathPair } from "./pair.ts";

export type OverlayRequest = HttpTrialRequest<OverlayTuning>;

/** One of the two nodes between whose pods the path is. */
export interface End {
  readonly name: string;
  readonly address: string;
  /** Null: the cluster does not give nodes ranges of their own, or not by the Node. */
  readonly podCidr: string | null;
}

/** What all blocks of a run have in common. */
export interface OverlayStage extends Stage, OverlayRequest {
  readonly agents: Agents;
  readonly ends: { readonly client: End; readonly server: End };
  readonly declared: DeclaredPaths;
  readonly pair: PathPair;
  /** Which answers the load. */
  readonly web: WebPod;
}

/** What its container listens on (manifests/web). */
export const WEB_PORT = 80;

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function openOverlayStage(request: OverlayRequest, progress: Progress): Promise<OverlayStage> {
  const { cluster, delivery, images, signal } = request;
  const stage = await request.lane.open(progress);
  const agents = demandAgents(stage.agents);
  const { client } = stage.nodes;
  const server = stage.nodes.open.find((node) => node !== client);
  if (server === undefined)
    throw new EnvironmentError(
      `the path between pods of different nodes takes two nodes that pods may run on, and there is only ${client}`,
    );
  const nodes = await listNodes(cluster);
  const declared = await readDeclaredPaths(cluster, nodes);
  const ends = { client: endOf(nodes, client), server: endOf(nodes, server) };
  const [web, pair] = await progress.step("A pod on each side", () =>
    Promise.all([
      deployWeb(cluster, images.web, [server], signal, 1),
      deployPair(cluster, delivery, { client, server }, signal),
    ]),
  );
  const [pod] = web.pods;
  if (!pod) throw new Error("the web workload has no pod");
  assertIpv4(pod, OVERLAY_NEEDS);
  return { ...request, ...stage, agents, declared, ends, pair, web: pod };
}

/** @throws EnvironmentError where the node can't be reached by IPv4 */
export function endOf(nodes: readonly V1Node[], name: string): End {
  const node = nodes.find(({ metadata }) => metadata?.name === name);
  const address = node?.status?.addresses?.find((each) => each.type === "InternalIP" && isIpv4(each.address))?.address;
  if (address === undefined)
    throw new EnvironmentError(`node ${name} has no internal IPv4 address, and the path is asked over IPv4 only`);
  const { podCIDRs = [], podCIDR } = node?.spec ?? {};
  return { name, address, podCidr: [...podCIDRs, podCIDR ?? ""].find(isIpv4) ?? null };
}

function isIpv4(address: string): boolean {
  return address.includes(".");
}

/** @throws EnvironmentError where the cluster does not tell which addresses a node's pods have */
export function peerOf({ name, address, podCidr }: End): PathPeer {
  if (podCidr === null)
    throw new EnvironmentError(
      `node ${name} has no range of pod addresses of its own (spec.podCIDR), so there is no one route to its pods that could be switched: compare the path that the cluster has (arm baseline)`,
    );
  return { address, podCidr };
}
