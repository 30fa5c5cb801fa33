import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import type { Delivery } from "../../../../runner/delivery/delivery.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";
import type { Images } from "../../../../runner/workloads/images.ts";
import type { Places } from "../../../../runner/workloads/places.ts";
import type { PathFacts } from "../../analysis/input.ts";
import type { ProxyRecord } from "../../analysis/proxy-record.ts";
import type { Unseen } from "../../result/reasons.ts";
import type { SyncLog } from "./syncs.ts";

/** A way to the Service web through a real proxy, deployed and answering. */
export interface Path extends PathFacts {
  /** ip:port to which the load goes. */
  readonly address: string;
  /** Host header. */
  readonly host: string;
  readonly urlPath: string;
  /** UIDs of the pods that it runs in. */
  readonly uids: readonly string[];
  /**
   * What its proxies logged of requests that ended since; every request that reached one has one record.
   * `unseen`: what could not be read.
   */
  records(sinceUnixMs: number): Promise<{ readonly records: ProxyRecord[]; readonly unseen: Unseen[] }>;
  /** When the proxy took a new set of endpoints; only where it chooses among them itself and says so. */
  syncs?(sinceUnixMs: number): Promise<SyncLog>;
  /** What its proxies' configuration says now of trying another upstream; only where they tell. */
  readRetries?(): Promise<{ readonly where: string; readonly got: string }>;
  /**
   * Returns when a request from each node's agent is answered with 200.
   * @throws EnvironmentError when it does not come to that, saying what is missing
   */
  ready(agents: Agents, signal?: AbortSignal): Promise<void>;
}

/** References of the images that paths are made of. */
export interface PathImages extends Images {
  /** Brings the agent to the pods that need it, which run from its image. */
  readonly delivery: Delivery;
  /** Built or found when a path needs it. */
  readonly envoy: () => Promise<string>;
}

export interface PathOptions {
  /**
   * Whether a proxy asks another upstream when one fails, POST included: the `recommended` arm's proxy retry. A path with it
   * stands beside the one without: each has objects of its own.
   */
  readonly nextUpstream: boolean;
  /** Where its proxies have their place; those of the cluster's own controllers are not ours to place. */
  readonly places: Places;
}

/**
 * Deploys a path in the namespace packetwalk, which has the Service web already (its pods may still be missing).
 * Deleting the namespace removes all of it.
 * @throws EnvironmentError when the cluster refuses it or its pods don't start
 */
export type PathMaker = (
  cluster: Cluster,
  images: PathImages,
  options: PathOptions,
  signal?: AbortSignal,
) => Promise<Path>;
