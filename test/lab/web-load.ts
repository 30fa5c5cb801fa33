import type { Cluster } from "../../runner/cluster/cluster.ts";
import { createNamespace } from "../../runner/cluster/namespace.ts";
import { type Lab, loadImage } from "../../runner/lab/index.ts";
import { engineByName } from "../../runner/load/engines/registry.ts";
import { deployLoad, type Load } from "../../runner/load/load.ts";
import type { LoadSpec } from "../../runner/load/spec.ts";
import type { LoadOptions } from "../../runner/load/worker-pods.ts";
import { silent } from "../../runner/progress.ts";
import { deployWeb, type WebWorkload } from "../../runner/workloads/web.ts";
import { connectionFlood } from "../../suites/connection-flood/suite.ts";

/** The web workload in a lab, and loads on it. */
export interface WebUnderLoad {
  readonly web: WebWorkload;
  /** Deploys a load of one of the engines, without starting it. */
  deploy(name: string, engineName: string, load: LoadSpec, more?: Partial<LoadOptions>): Promise<Load>;
}

export async function deployWebUnderLoad(lab: Lab, cluster: Cluster): Promise<WebUnderLoad> {
  await createNamespace(cluster);
  const web = await deployWeb(cluster, lab.images.web);
  return {
    web,
    async deploy(name, engineName, load, more = {}) {
      const engine = engineByName(engineName);
      return deployLoad(cluster, {
        name,
        engine,
        image: await loadImage(lab.name, engine.image, silent),
        load,
        targets: [{ name: "web", address: `${web.clusterIp}:${web.port}`, host: "web", path: "/" }],
        seed: 3,
        sliceMs: 250,
        gateTimeoutMs: 60_000,
        k6Script: connectionFlood.k6Script,
        nodes: lab.nodes,
        podSysctls: [],
        ...more,
      });
    },
  };
}
