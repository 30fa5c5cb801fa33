import { createNamespace } from "../../runner/cluster/namespace.ts";

import { hostPort } from "../../runner/host-port.ts";
import { loadImage } from "../../runner/lab/index.ts";

import type { HttpTask } from "../../runner/load/engines/engine.ts";
import { engineByName } from "../../runner/load/engines/registry.ts";
import { deployLoad, type Load, type LoadOptions } from "../../runner/load/load.ts";
import type { LoadSpec } from "../../runner/load/spec.ts";
import { silent } from "../../runner/progress.ts";
import { deployWeb, type WebWorkload } from "../../runner/workloads/web.ts";
import { connectionFlood } from "../../suites/connection-flood/suite.ts";
import type { OpenLab } from "./shared-lab.ts";

/** The web workload in a lab, and loads on it. */
export interface WebUnderLoad {
  readonly web: WebWorkload;
  /** Deploys a load of one of the engines, without starting it. */
  deploy(name: string, engineName: string, load: LoadSpec, more?: Partial<LoadOptions<HttpTask>>): Promise<Load>;
}

export async function deployWebUnderLoad({ lab, cluster, delivery }: OpenLab): Promise<WebUnderLoad> {
  await createNamespace(cluster);
  const web = await deployWeb(cluster, lab.images.web, lab.nodes);
  return {
    web,
    async deploy(name, engineName, load, more = {}) {
      const engine = engineByName(engineName);
      return deployLoad(cluster, {
        name,
        engine,
        image: await loadImage(lab.name, engine.image, silent),
        delivery,
        load,
        task: {
          targets: [{ name: "web", address: hostPort(web.clusterIp, web.port), host: "web", path: "/" }],
          k6Script: connectionFlood.load.kind === "http" ? connectionFlood.load.needs.k6Script : undefined,
        },
        seed: 3,
        sliceMs: 250,
        gateTimeoutMs: 180_000,
        nodes: lab.nodes,
        podSysctls: [],
        ...more,
      });
    },
  };
}
