import { type Command, InvalidArgumentError } from "commander";
import type { PullSecret } from "../cluster/cluster.ts";
import { UsageError } from "../errors.ts";
import type { ArmsTake } from "../experiment/arm-needs.ts";
import { shellWord } from "../shell-word.ts";
import { DEFAULT_IMAGES } from "../workloads/images.ts";
import { DEFAULT_LAB, labName } from "./lab-name.ts";

/** Which cluster, where it is not the lab. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Of the user's own, which is there already. */
  readonly namespace?: string;
}

export interface TargetOptions extends ClusterOptions {
  readonly lab: string;
  /** What arms take that run there; no option, but what follows from --baseline and --tuned. */
  readonly takes?: ArmsTake;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly imageRegistry?: string;
  readonly imagePullSecret?: PullSecret;
  readonly agentImage?: string;
  readonly webImage?: string;
  readonly nginxImage?: string;
  readonly nodeImage?: string;
  readonly debianImage?: string;
  readonly envoyImage?: string;
  readonly corednsImage?: string;
  readonly dnsperfImage?: string;
}

/** Whether the target is the lab; else it is a cluster that the user names. */
export function isLabTarget({ kubeconfig, context }: ClusterOptions): boolean {
  return kubeconfig === undefined && context === undefined;
}

export function addTargetOptions(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "kubeconfig of the cluster to test (default: the embedded lab)")
    .option("--context <name>", "context in the kubeconfig")
    .option("--lab <name>", "name of the embedded lab", labName, DEFAULT_LAB)
    .option("--node-selector <labels>", "use only nodes that have these labels: key=value[,key=value]", nodeSelector)
    .option(
      "--namespace <name>",
      "work in this namespace of yours instead of creating one; it stays, and so does all in it that is not packetwalk's",
      namespaceName,
    )
    .option(
      "--image-registry <prefix>",
      "where all images below come from unless they are named, e.g. a mirror of yours",
    )
    .option(
      "--image-pull-secret <namespace/name>",
      "a Secret of yours by which images are pulled; it is copied into packetwalk's namespace for the run",
      pullSecret,
    )
    .option(
      "--agent-image <reference>",
      `BusyBox, from which packetwalk's programs run, where the cluster is not the lab (default: ${DEFAULT_IMAGES.busybox})`,
    )
    .option(
      "--web-image <reference>",
      `web workload (default: ${DEFAULT_IMAGES.web}); in the lab web-distroless or web-sigquit instead of its own`,
    )
    .option(
      "--nginx-image <reference>",
      `NGINX for the paths of rolling-update, where the cluster is not the lab (default: ${DEFAULT_IMAGES.nginx})`,
    )
    .option(
      "--node-image <reference>",
      `Node 20 or newer, for the engines that run in it, where the cluster is not the lab (default: ${DEFAULT_IMAGES.node})`,
    )
    .option(
      "--envoy-image <reference>",
      `Envoy for the path envoy-sidecar, where the cluster is not the lab (default: ${DEFAULT_IMAGES.envoy})`,
    )
    .option(
      "--debian-image <reference>",
      `any Linux with glibc, for look-ups by its resolver, where the cluster is not the lab (default: ${DEFAULT_IMAGES.debian})`,
    )
    .option(
      "--coredns-image <reference>",
      `the DNS under test, where the cluster is not the lab (default: ${DEFAULT_IMAGES.coredns})`,
    )
    .option(
      "--dnsperf-image <reference>",
      "dnsperf, which finds the DNS's query rate, where the cluster is not the lab (default: none, and that rate is not seen)",
    );
}

/** What the workloads run from. */
export const IMAGE_OPTIONS = [
  "imageRegistry",
  "agentImage",
  "webImage",
  "nginxImage",
  "nodeImage",
  "debianImage",
  "envoyImage",
  "corednsImage",
  "dnsperfImage",
] as const satisfies readonly (keyof TargetOptions)[];

/** Those that are said as they are. */
const PLAIN = ["kubeconfig", "context", "namespace", ...IMAGE_OPTIONS] as const;

/** Pure: the words of a command line that name the same target in the same way, quoted for a shell. */
export function targetWords(options: TargetOptions): string[] {
  const { lab, nodeSelector, imagePullSecret: secret } = options;
  const labels = Object.entries(nodeSelector ?? {}).map((pair) => pair.join("="));
  return [
    ...(lab === DEFAULT_LAB ? [] : [`--lab ${shellWord(lab)}`]),
    ...PLAIN.flatMap((key) => {
      const value = options[key];
      return value === undefined ? [] : [`${flagOf(key)} ${shellWord(value)}`];
    }),
    ...(labels.length === 0 ? [] : [`--node-selector ${shellWord(labels.join(","))}`]),
    ...(secret === undefined ? [] : [`--image-pull-secret ${shellWord(`${secret.namespace}/${secret.name}`)}`]),
  ];
}

/** As the command line has it: "--web-image" of webImage. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function nodeSelector(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => pair.split("="));
  if (pairs.some(([key, ...value]) => !key || value.length !== 1)) {
    throw new InvalidArgumentError('give labels as key=value, e.g. "pool=load-test,arch=amd64".');
  }
  return Object.fromEntries(pairs);
}

export function namespaceName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError("give a namespace's name: small letters, digits and -.");
}

/** @throws UsageError where a Secret would have to be given to a service account that is not ours */
export function assertPullSecretOfOurs({
  namespace,
  imagePullSecret,
}: Pick<TargetOptions, "namespace" | "imagePullSecret">): void {
  if (namespace === undefined || imagePullSecret === undefined) return;
  throw new UsageError(
    `--image-pull-secret: namespace ${namespace} is yours, so packetwalk changes no service account there; give its default one the Secret (imagePullSecrets), and leave this out`,
  );
}

function pullSecret(text: string): PullSecret {
  const [namespace, name, ...more] = text.split("/");
  if (!namespace || !name || more.length > 0)
    throw new InvalidArgumentError('give it as namespace/name, e.g. "ci/mirror".');
  return { namespace, name };
}
