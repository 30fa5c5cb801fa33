import { doctorMarkdown } from "../../reports/doctor/markdown.ts";
import { doctorWords } from "../../reports/doctor/terminal.ts";
import { type Cluster, openCluster } from "../cluster/cluster.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import { examine } from "../doctor/examine.ts";
import { rateOf } from "../doctor/rate.ts";
import { readState } from "../doctor/read/read.ts";
import { type DeepState, type NetworkFacts, NOT_ON_NODES, PART_WORDS, type ProxyFacts } from "../doctor/state.ts";
import { DIAGNOSIS_VERSION, type Diagnosis, type Severity } from "../result/diagnosis.ts";
import { shellWord } from "../shell-word.ts";
import { exitCodeOfDiagnosis, lookedInto } from "./diagnosis.ts";
import { withCommands } from "./doctor-commands.ts";
import { diagnosisJson, doctorFolder } from "./doctor-folder.ts";
import { readDeep } from "./doctor-on-nodes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { labToLookAt } from "./lab-to-look-at.ts";
import { openByKubeconfig } from "./open-by-kubeconfig.ts";
import { isNamed, openTarget } from "./open-target.ts";
import { type TargetOptions, targetWords } from "./target-options.ts";
import { terminalOf } from "./terminal-of.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { VERSION } from "./version.ts";

export interface DoctorRequest extends TargetOptions {
  readonly rate?: number;
  readonly clients?: number;
  readonly onNodes?: boolean;
  readonly failOn?: Severity;
  readonly json?: boolean;
  readonly md?: boolean;
  readonly out?: string;
}

/** Looks, prints, and gives the exit code. */
export async function runDoctor(options: DoctorRequest): Promise<number> {
  const folder = options.out === undefined ? undefined : doctorFolder(options.out);
  const signal = abortOnSignals();
  const { cluster, kubectl, proxy, network } = await openForReading(options, signal);
  const seen = await diagnose(cluster, options, {
    kubectl,
    ...{ proxy, network },
    ...(options.onNodes ? { readDeep: () => lookInto(options, signal) } : {}),
    tell: (words) => process.stderr.write(`${words}\n`),
  });
  process.stdout.write(
    options.json
      ? diagnosisJson(seen)
      : options.md
        ? doctorMarkdown(seen)
        : doctorWords(seen, terminalOf(process.stdout)),
  );
  for (const file of (await folder?.write(seen)) ?? []) process.stderr.write(`written: ${file}\n`);
  return exitCodeOfDiagnosis(seen, options.failOn);
}

/** Agents come and go while it lasts. */
async function lookInto(options: DoctorRequest, signal: AbortSignal): Promise<DeepState> {
  const progress = terminalProgress(process.stderr);
  try {
    return await readDeep(await openTarget(options, progress, signal), options, progress, signal);
  } finally {
    progress.stop();
  }
}

/** What is known of the cluster beyond its API. */
interface Around {
  readonly kubectl?: readonly string[];
  readonly proxy?: ProxyFacts | undefined;
  readonly network?: NetworkFacts | undefined;
  /** Left out: nodes are not looked into. */
  readonly readDeep?: () => Promise<DeepState>;
  readonly tell?: (words: string) => void;
}

/** Reads only, but for what `readDeep` makes. */
export async function diagnose(
  cluster: Cluster,
  options: DoctorRequest,
  { kubectl = [], proxy, network, readDeep = async () => NOT_ON_NODES, tell = () => {} }: Around = {},
): Promise<Diagnosis> {
  const began = Date.now();
  const reading = await readState(cluster, (part) => tell(`read ${PART_WORDS[part]}`));
  const { requests } = reading;
  tell(`${requests} requests, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const byApi = {
    ...reading.state,
    ...(proxy === undefined ? {} : { proxy: { seen: proxy } }),
    ...(network === undefined ? {} : { network: { seen: network } }),
  };
  const state = { ...byApi, ...(await readDeep()) };
  const rate = options.rate ?? null;
  const { clients } = options;
  const asked = { rate, kubectl, ...(clients === undefined ? {} : { clients }) };
  return {
    schemaVersion: DIAGNOSIS_VERSION,
    packetwalk: VERSION,
    readAt: new Date(began).toISOString(),
    context: cluster.context,
    kubernetes: "seen" in state.server ? state.server.seen.version : null,
    nodes: "seen" in state.nodes ? state.nodes.seen.length : null,
    ...{ rate: rateOf(state, { rate }), onNodes: lookedInto(state), requests },
    ...(await withCommands(examine(state, asked), targetWords(options))),
  };
}

interface Opened {
  readonly cluster: Cluster;
  /** Words by which kubectl takes the same. */
  readonly kubectl: readonly string[];
  /** Where whoever built the cluster knows it: the lab's kube-proxy has no ConfigMap. */
  readonly proxy: ProxyFacts | undefined;
  /** Of the lab as well: its CNI is no DaemonSet. */
  readonly network: NetworkFacts | undefined;
}

async function openForReading(options: TargetOptions, signal: AbortSignal): Promise<Opened> {
  if (isNamed(options)) {
    const { cluster } = await openByKubeconfig(options, signal);
    const kubectl = [
      ...(options.kubeconfig === undefined ? [] : [`--kubeconfig ${shellWord(options.kubeconfig)}`]),
      ...(options.context === undefined ? [] : [`--context ${shellWord(options.context)}`]),
    ];
    return { cluster, kubectl, proxy: undefined, network: undefined };
  }
  const lab = await labToLookAt(options.lab);
  const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined), signal);
  return {
    cluster,
    kubectl: [`--kubeconfig ${shellWord(lab.kubeconfigPath)}`],
    proxy: lab.proxyMode === "cilium" ? undefined : labProxy(lab.proxyMode),
    // Any other is a DaemonSet, which tells itself.
    network: lab.cni === "direct" ? LAB_NETWORK : undefined,
  };
}

/** As the lab starts it (runner/lab/node/configuration.ts): the table is the whole machine's, and left alone. */
function labProxy(mode: string): ProxyFacts {
  return {
    kind: "kube-proxy",
    readFrom: "the lab's own record",
    mode,
    conntrack: { maxPerCore: 0, min: 0 },
    establishedS: null,
    closeWaitS: null,
  };
}

/** The ptp plugin on each node, and routes to the others' ranges (runner/lab/node/configuration.ts). */
const LAB_NETWORK: NetworkFacts = {
  cni: "ptp (the lab's own)",
  paths: [{ by: "the lab's own record", backend: "no encapsulation: direct routes", mtu: null }],
  unread: [],
};
