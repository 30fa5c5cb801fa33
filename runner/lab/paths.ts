import { join } from "node:path";
import { cacheFolder, stateFolder } from "../user-folders.ts";

/** Root of everything that one lab keeps on disk; removed by `lab down`. */
export function stateDir(name: string): string {
  return join(stateFolder(), "labs", name);
}

/** Builds and images, shared by all labs and kept. */
export function cacheDir(): string {
  return cacheFolder();
}

/** The files of one lab, by what they are for. */
export function labFiles(name: string) {
  const root = stateDir(name);
  return {
    root,
    record: join(root, "lab.json"),
    kubeconfig: join(root, "kubeconfig"),
    pki: join(root, "pki"),
    logs: join(root, "logs"),
    controlPlane: join(root, "control-plane"),
    node: (node: string) => nodeFiles(join(root, "nodes", node)),
  };
}

export type LabFiles = ReturnType<typeof labFiles>;

function nodeFiles(root: string) {
  return {
    root,
    /** Become /var/lib, /var/log and /etc/cni as the node sees them. */
    lib: join(root, "lib"),
    log: join(root, "log"),
    cni: join(root, "cni"),
    sysctls: join(root, "sysctls"),
    containerdConfig: join(root, "containerd.toml"),
    kubeletConfig: join(root, "kubelet.json"),
    kubeletKubeconfig: join(root, "kubelet.kubeconfig"),
    proxyConfig: join(root, "kube-proxy.json"),
    proxyKubeconfig: join(root, "kube-proxy.kubeconfig"),
    resolvConf: join(root, "resolv.conf"),
  };
}

export type NodeFiles = ReturnType<typeof nodeFiles>;
