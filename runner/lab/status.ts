import { openApi } from "./api.ts";
import { cniNamed } from "./cni/registry.ts";
import { cgroupsExist } from "./machine/cgroups.ts";
import { exists } from "./machine/files.ts";
import { labNamespaces } from "./machine/namespaces.ts";
import { isAlive, labProcesses } from "./machine/processes.ts";
import { type LabFiles, labFiles } from "./paths.ts";
import { type LabRecord, type RunningRecord, readRecord } from "./record.ts";
import { ipFamilyOf, type Lab, type LabStatus } from "./types.ts";

/** What there is of a lab, by looking at the machine as well as at the lab's own record. */
export async function labStatus(name: string): Promise<LabStatus> {
  const files = labFiles(name);
  const record = await readRecord(files);
  if (record?.state !== "up")
    return (await hasTraces(name, files))
      ? { state: "broken", name, missing: [unfinished(record)] }
      : { state: "absent", name };
  const missing = await missingParts(name, files, record);
  if (missing.length > 0) return { state: "broken", name, missing };
  return {
    state: "up",
    name,
    lab: labOf(files, record),
    apiServer: `https://127.0.0.1:${record.apiPort}`,
    kubernetes: record.kubernetesVersion,
    startedAt: record.startedAt,
  };
}

export function labOf(files: LabFiles, { options, nodes, images, network }: RunningRecord): Lab {
  return {
    name: options.name,
    kubeconfigPath: files.kubeconfig,
    nodes: nodes.map((node) => node.name),
    cni: cniNamed(options.cni).name,
    network,
    proxyMode: cniNamed(options.cni).leadsServices ?? options.proxyMode,
    ipFamily: ipFamilyOf(options),
    images,
  };
}

function unfinished(record: LabRecord | undefined): string {
  return record ? "the end of its start (still under way, or interrupted)" : "its record";
}

async function missingParts(name: string, files: LabFiles, record: RunningRecord): Promise<string[]> {
  const missing: string[] = [];
  const there = await labNamespaces(name);
  for (const node of ["cp", ...record.nodes.map((each) => each.name)]) {
    if (!there.includes(`pw-${name}-${node}`)) missing.push(`network namespace pw-${name}-${node}`);
  }
  for (const component of record.components)
    if (!(await isAlive(component))) missing.push(`process ${component.title}`);
  if (!(await exists(files.kubeconfig))) missing.push("its kubeconfig");
  if (missing.length === 0) {
    const api = await openApi(files.pki, record.apiPort);
    if (!(await api.answers("/readyz"))) missing.push("an answer from its API server");
    api.close();
  }
  return missing;
}

async function hasTraces(name: string, files: LabFiles): Promise<boolean> {
  return (
    (await exists(files.root)) ||
    (await cgroupsExist(name)) ||
    (await labNamespaces(name)).length > 0 ||
    (await labProcesses(name)).length > 0
  );
}
