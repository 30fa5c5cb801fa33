import { type Cluster, openCluster } from "../cluster/cluster.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import { examine } from "../doctor/examine.ts";
import type { Severity } from "../doctor/finding.ts";
import { readState } from "../doctor/read/read.ts";
import { PART_WORDS, type ProxyFacts } from "../doctor/state.ts";
import { EnvironmentError } from "../errors.ts";
import { findLab } from "../lab/index.ts";
import { type Diagnosis, exitCodeOfDiagnosis } from "./diagnosis.ts";
import { withCommands } from "./doctor-commands.ts";
import { doctorMarkdown } from "./doctor-markdown.ts";
import { doctorWords } from "./doctor-words.ts";
import { abortOnSignals } from "./interrupt.ts";
import { openByKubeconfig } from "./open-by-kubeconfig.ts";
import { type TargetOptions, targetWords } from "./target-options.ts";
import { terminalOf } from "./terminal-of.ts";

export interface DoctorRequest extends TargetOptions {
  readonly rate?: number;
  readonly failOn?: Severity;
  readonly json?: boolean;
  readonly md?: boolean;
}

/** Looks, prints, and gives the exit code. */
export async function runDoctor(options: DoctorRequest): Promise<number> {
  const { cluster, kubectl, proxy } = await openForReading(options, abortOnSignals());
  const seen = await diagnose(cluster, options, {
    kubectl,
    proxy,
    tell: (words) => process.stderr.write(`${words}\n`),
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify(seen, null, 2)}\n`
      : options.md
        ? doctorMarkdown(seen)
        : doctorWords(seen, terminalOf(process.stdout)),
  );
  return exitCodeOfDiagnosis(seen, options.failOn);
}

/** What is known of the cluster beyond its API. */
interface Around {
  readonly kubectl?: readonly string[];
  readonly proxy?: ProxyFacts | undefined;
  readonly tell?: (words: string) => void;
}

/** Reads only. */
export async function diagnose(
  cluster: Cluster,
  options: DoctorRequest,
  { kubectl = [], proxy, tell = () => {} }: Around = {},
): Promise<Diagnosis> {
  const began = Date.now();
  const reading = await readState(cluster, (part) => tell(`read ${PART_WORDS[part]}`));
  const { requests } = reading;
  const state = proxy === undefined ? reading.state : { ...reading.state, proxy: { seen: proxy } };
  tell(`${requests} requests, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const rate = options.rate ?? null;
  return {
    schemaVersion: 1,
    context: cluster.context,
    kubernetes: "seen" in state.server ? state.server.seen.version : null,
    nodes: "seen" in state.nodes ? state.nodes.seen.length : null,
    ...{ rate, requests },
    ...(await withCommands(examine(state, { rate, kubectl }), targetWords(options))),
  };
}

interface Opened {
  readonly cluster: Cluster;
  /** Words by which kubectl takes the same. */
  readonly kubectl: readonly string[];
  /** Where whoever built the cluster knows it: the lab's kube-proxy has no ConfigMap. */
  readonly proxy: ProxyFacts | undefined;
}

async function openForReading(options: TargetOptions, signal: AbortSignal): Promise<Opened> {
  if (options.kubeconfig !== undefined || options.context !== undefined) {
    const { cluster } = await openByKubeconfig(options, signal);
    const kubectl = [
      ...(options.kubeconfig === undefined ? [] : [`--kubeconfig ${options.kubeconfig}`]),
      ...(options.context === undefined ? [] : [`--context ${options.context}`]),
    ];
    return { cluster, kubectl, proxy: undefined };
  }
  const lab = await findLab(options.lab);
  if (!lab) {
    throw new EnvironmentError(
      `lab "${options.lab}" is not up, so there is nothing to look at: name a cluster with --kubeconfig or --context, or run packetwalk lab up`,
    );
  }
  const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined), signal);
  return { cluster, kubectl: [`--kubeconfig ${lab.kubeconfigPath}`], proxy: labProxy(lab.proxyMode) };
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
