import type { Setting } from "../setting.ts";

/** The lab as somebody else's cluster, with the lab's images, as there are no others in it. */
export function byKubeconfig({ own }: Setting, kubeconfig = own.lab.kubeconfigPath): string[] {
  const { images } = own.lab;
  return [
    ...["--kubeconfig", kubeconfig, "--agent-image", images.busybox, "--web-image", images.web],
    "--allow-node-changes",
  ];
}
