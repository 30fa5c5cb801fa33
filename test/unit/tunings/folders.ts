import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders of tunings, as a user would write them. */
export interface Folders extends Disposable {
  readonly root: string;
  /** Gives the folder's path. */
  tuning(name: string, descriptor: string, patch?: string): string;
}

export function folders(): Folders {
  const root = mkdtempSync(join(tmpdir(), "packetwalk-tunings-"));
  return {
    root,
    tuning(name, descriptor, patch) {
      const folder = join(root, name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "tuning.yaml"), descriptor);
      if (patch !== undefined) writeFileSync(join(folder, "patch.yaml"), patch);
      return folder;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

export const podSysctlYaml = (key: string, value: string | number) => `title: Mine
kind: pod-sysctl
scope: pod-spec
key: ${key}
value: ${value}
actsIn: client-pods
note: what it does
source: a document
`;

export const nodeSysctlYaml = (key: string, value: string | number, scope: "kernel" | "node" = "node") =>
  podSysctlYaml(key, value)
    .replace("pod-sysctl", "node-sysctl")
    .replace("pod-spec", scope)
    .replace("client-pods", "nodes");

export const dnsYaml = (...options: string[]) =>
  podDnsYaml(`dnsConfig:\n  options:\n${options.map((option) => `    - ${option}`).join("\n")}`);

/** @param fields lines of dnsPolicy and dnsConfig; the first is line 4 of the file */
export const podDnsYaml = (fields: string) => `title: Mine
kind: pod-dns-config
scope: pod-spec
${fields}
actsIn: resolvers
note: what it does
source: a document
`;

export const patchYaml = (scope: "pod-spec" | "component" = "pod-spec") => `title: Mine
kind: workload-patch
scope: ${scope}
actsIn: ${scope === "pod-spec" ? "web-pods" : "rollouts"}
note: what it does
source: a document
`;
