import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueCertificates } from "../certificates/issue.ts";
import type { Ground, LabCni, PreparedCni } from "../cni/cni.ts";
import { primaryRanges, rangesOf } from "../families.ts";
import type { Image } from "../images/images.ts";
import { createCgroups } from "../machine/cgroups.ts";
import { inNode } from "../machine/in-node.ts";
import type { Launched } from "../machine/launch.ts";
import { createNetwork, type NodeNetwork } from "../network.ts";
import { daemonsGroup, kubeletSysctls, nodeGroup } from "../node/configuration.ts";
import { importImage, type NodeSetup, startContainerd, startKubelet } from "../node/start-node.ts";
import type { LabFiles } from "../paths.ts";
import { settleAll } from "../settle-all.ts";
import { type IpFamily, LabError } from "../types.ts";
import type { Binaries } from "./binaries.ts";
import { controlPlaneGroup, startControlPlane } from "./control-plane.ts";
import { applyCoreDns, createNodes, dnsServes, readyNodes } from "./objects.ts";
import { waitFor } from "./wait.ts";

const askDns = fileURLToPath(new URL("ask-dns.mjs", import.meta.url));

export interface BootPlan {
  lab: string;
  files: LabFiles;
  nodes: readonly NodeNetwork[];
  ipFamily: IpFamily;
  binaries: Binaries;
  apiPort: number;
  images: { pause: Image; coredns: Image; busybox: Image; others: readonly Image[] };
  cni: LabCni & { readonly prepared: PreparedCni };
  /** All that a node's start needs, but for the node itself. */
  nodeSetup: Omit<NodeSetup, "node" | "lab" | "files" | "binaries" | "pauseImage" | "cni" | "hostSysctls">;
}

export interface Booted {
  components: Launched[];
  nodes: { name: string; containerdPid: number }[];
}

/**
 * Starts the lab: control plane and nodes side by side, as far as one does not need the other, because on few cores the
 * API server's start is most of the wait.
 */
export async function boot(plan: BootPlan, update: (detail: string) => void): Promise<Booted> {
  const { lab, files, nodes, ipFamily, binaries, apiPort, images } = plan;
  update("network and certificates");
  await mkdir(files.logs, { recursive: true });
  await settleAll([
    createCgroups(lab, [controlPlaneGroup, ...nodes.flatMap(({ name }) => [nodeGroup(name), daemonsGroup(name)])]),
    createNetwork(lab, nodes, ipFamily, plan.cni),
    issueCertificates(files.pki, nodes, rangesOf(ipFamily)),
  ]);

  update("control plane and containerd");
  const { prepared: cni } = plan.cni;
  const hostSysctls = { ...kubeletSysctls, ...plan.cni.hostSysctls };
  const ground: Ground = { lab, files, nodes, kubectl: join(binaries.kubernetes, "kubectl") };
  const setups = nodes.map(
    (node): NodeSetup => ({
      ...plan.nodeSetup,
      ...{ lab, files, binaries, node, cni, hostSysctls },
      pauseImage: images.pause.reference,
    }),
  );
  const containerds = setups.map(async (setup) => {
    const containerd = await startContainerd(setup);
    for (const image of [images.pause, images.coredns, images.busybox, ...images.others])
      await importImage(containerd.pid, image.archive);
    return containerd;
  });
  const [controlPlane] = await settleAll([
    startControlPlane({ lab, files, binaries, apiPort, ipFamily }),
    ...containerds,
  ]);
  const { api } = controlPlane;
  try {
    update("nodes");
    await createNodes(api, nodes);
    const cniOnce = cni.startOnce(ground, api);
    const [nodeComponents, onceComponents] = await settleAll([
      settleAll(
        setups.map(async (setup, index) => {
          const containerd = await (containerds[index] ?? startContainerd(setup));
          const kubelet = await startKubelet(setup, containerd);
          await cniOnce;
          const ofCni = await cni.startOnNode({ lab, files, node: setup.node }, containerd, api);
          return { node: setup.node.name, containerd, daemons: [...kubelet, ...ofCni] };
        }),
      ),
      cniOnce,
      applyCoreDns(api, images.coredns.reference, primaryRanges(ipFamily).dnsService),
    ]);
    const onNodes = nodeComponents.flatMap(({ containerd, daemons }) => [containerd, ...daemons]);
    const components = [...controlPlane.components, ...onceComponents, ...onNodes];
    const options = { components, intervalMs: 100, timeoutMs: plan.cni.slowestMs };
    await waitFor("the nodes did not get ready", async () => (await readyNodes(api)) === nodes.length, options);
    update("CoreDNS");
    await waitFor("CoreDNS did not get ready", () => dnsServes(api), options);
    await settleAll(nodes.map((node) => untilDnsAnswers(lab, node)));
    update("pod network");
    await cni.check(ground, api, { busybox: images.busybox.reference });
    for (const component of components) component.settled();
    return {
      components,
      nodes: nodeComponents.map(({ node, containerd }) => ({ name: node, containerdPid: containerd.pid })),
    };
  } finally {
    api.close();
  }
}

/** On each node, the way to CoreDNS by its Service is there only some time after it is ready (kube-proxy writes its rules once a second). */
async function untilDnsAnswers(lab: string, { name, addresses }: NodeNetwork): Promise<void> {
  const server = addresses[0].ranges.dnsService;
  const ask = [process.execPath, askDns, server, "kubernetes.default.svc.cluster.local", "20"];
  await inNode(lab, name, ask).catch(() => {
    throw new LabError(`cluster DNS can't be reached from ${name}`);
  });
}
