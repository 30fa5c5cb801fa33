import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { issueCertificates } from "../certificates/issue.ts";
import { primaryRanges, rangesOf } from "../families.ts";
import type { Image } from "../images/images.ts";
import { createCgroups } from "../machine/cgroups.ts";
import { command } from "../machine/command.ts";
import type { Launched } from "../machine/launch.ts";
import { netnsPath } from "../machine/namespaces.ts";
import { createNetwork, type NodeNetwork } from "../network.ts";
import { daemonsGroup, nodeGroup } from "../node/configuration.ts";
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
  images: { pause: Image; coredns: Image; others: readonly Image[] };
  /** All that a node's start needs, but for the node itself. */
  nodeSetup: Omit<NodeSetup, "node" | "lab" | "files" | "binaries" | "pauseImage">;
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
    createNetwork(lab, nodes, ipFamily),
    issueCertificates(files.pki, nodes, rangesOf(ipFamily)),
  ]);

  update("control plane and containerd");
  const setups = nodes.map(
    (node): NodeSetup => ({ ...plan.nodeSetup, lab, files, binaries, node, pauseImage: images.pause.reference }),
  );
  const containerds = setups.map(async (setup) => {
    const containerd = await startContainerd(setup);
    for (const image of [images.pause, images.coredns, ...images.others])
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
    const [nodeComponents] = await settleAll([
      settleAll(
        setups.map(async (setup, index) => {
          const containerd = await (containerds[index] ?? startContainerd(setup));
          return { node: setup.node.name, containerd, daemons: await startKubelet(setup, containerd) };
        }),
      ),
      applyCoreDns(api, images.coredns.reference, primaryRanges(ipFamily).dnsService),
    ]);
    const onNodes = nodeComponents.flatMap(({ containerd, daemons }) => [containerd, ...daemons]);
    const components = [...controlPlane.components, ...onNodes];
    const options = { components, intervalMs: 100 };
    await waitFor("the nodes did not get ready", async () => (await readyNodes(api)) === nodes.length, options);
    update("CoreDNS");
    await waitFor("CoreDNS did not get ready", () => dnsServes(api), options);
    await settleAll(nodes.map((node) => untilDnsAnswers(lab, node)));
    for (const component of components) component.settled();
    return {
      components,
      nodes: nodeComponents.map(({ node, containerd }) => ({ name: node, containerdPid: containerd.pid })),
    };
  } finally {
    api.close();
  }
}

/** On each node, kube-proxy's rules lead to CoreDNS only some time after it is ready (it writes them once a second). */
async function untilDnsAnswers(lab: string, { name, addresses }: NodeNetwork): Promise<void> {
  const server = addresses[0].ranges.dnsService;
  const ask = [process.execPath, askDns, server, "kubernetes.default.svc.cluster.local", "20"];
  await command("nsenter", [`--net=${netnsPath(lab, name)}`, "--", ...ask]).catch(() => {
    throw new LabError(`cluster DNS can't be reached from ${name}`);
  });
}
