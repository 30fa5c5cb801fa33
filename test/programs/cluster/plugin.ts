import { type Folder, kubeconfigText } from "../../unit/cluster/servers/files.ts";

export const V1 = "client.authentication.k8s.io/v1";

/** An exec entry whose plugin is a shell script beside the kubeconfig. */
export function plugin(files: Folder, script: string, entry: object = {}): object {
  files.write("bin/plugin.sh", `#!/bin/sh\n${script}\n`, 0o755);
  return { apiVersion: V1, command: "./bin/plugin.sh", interactiveMode: "Never", ...entry };
}

/** A line of a script that hands these out. */
export function handsOut(status: object, apiVersion = V1): string {
  return `cat <<'END'\n${JSON.stringify({ apiVersion, kind: "ExecCredential", status })}\nEND`;
}

export function withPlugin(files: Folder, cluster: object, exec: object): string {
  return files.write("config", kubeconfigText(cluster, { exec }));
}
