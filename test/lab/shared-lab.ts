import { rmSync } from "node:fs";
import { type Cluster, isNotFound, openCluster } from "../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../runner/cluster/kubeconfig.ts";
import { deleteNamespace } from "../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../runner/cluster/own-namespace.ts";
import { type Delivery, delivery } from "../../runner/delivery/delivery.ts";
import { type Lab, labUp, useLab } from "../../runner/lab/index.ts";
import { programSource } from "../../runner/programs/source.ts";
import { silent } from "../../runner/progress.ts";
import { BORROWED_LAB, SHARED_LAB } from "./names.ts";
import { testFolder } from "./test-folder.ts";

export interface OpenLab {
  readonly lab: Lab;
  readonly cluster: Cluster;
  /** Into this file's namespace. */
  readonly delivery: Delivery;
  /** Of this test file alone, and gone with its end. */
  readonly folder: string;
}

export interface SharedLab {
  /** The lab, up, with nothing in this file's namespace. */
  open(): Promise<OpenLab>;
  /** Has the namespace deleted, without waiting for its end: for `afterAll`. */
  leave(): Promise<void>;
}

/** The lab that this test file shares with others. */
export function sharedLab(): SharedLab {
  let opened: OpenLab | undefined;
  return {
    async open() {
      const lab = await (BORROWED_LAB === undefined ? start() : borrow(BORROWED_LAB));
      const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined));
      opened = { lab, cluster, delivery: labDelivery(lab, cluster), folder: testFolder() };
      await deleteNamespace(cluster); // an earlier run's
      return opened;
    },
    async leave() {
      if (!opened) return;
      rmSync(opened.folder, { recursive: true, force: true });
      await opened.cluster.core.deleteNamespace({ name: OWN_NAMESPACE }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    },
  };
}

/** Brings our programs into a lab's pods. */
export function labDelivery(lab: Lab, cluster: Cluster): Delivery {
  return delivery(cluster, { image: lab.images.busybox, source: programSource(silent) });
}

async function borrow(name: string): Promise<Lab> {
  const lab = await useLab(name, silent);
  if (!lab) throw new Error(`lab ${name} is not up: start it with packetwalk lab up --name ${name}`);
  return lab;
}

/** The first file starts it; others that come meanwhile wait for its lock. */
function start(): Promise<Lab> {
  return labUp({ name: SHARED_LAB, nodes: 2, proxyMode: "iptables" }, silent);
}
