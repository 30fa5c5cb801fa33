import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { hostPort } from "../../host-port.ts";
import { type Api, openApi } from "../api.ts";
import { writeKubeconfig } from "../certificates/kubeconfig.ts";
import { primaryRanges, type Ranges, rangesOf } from "../families.ts";
import { type Launched, launch } from "../machine/launch.ts";
import { netnsPath } from "../machine/namespaces.ts";
import type { LabFiles } from "../paths.ts";
import { settleAll } from "../settle-all.ts";
import type { IpFamily } from "../types.ts";
import type { Binaries } from "./binaries.ts";
import { waitFor } from "./wait.ts";

export const controlPlaneGroup = "cp";
/** The API server as nodes and pods see it. */
export function apiServerUrl({ controlPlane }: Ranges): string {
  return `https://${hostPort(controlPlane, 6443)}`;
}

export interface ControlPlane {
  components: Launched[];
  api: Api;
}

interface Surroundings {
  lab: string;
  files: LabFiles;
  binaries: Binaries;
  apiPort: number;
  ipFamily: IpFamily;
}

/** Starts etcd, the API server (answering on 127.0.0.1:apiPort of the machine), controller manager and scheduler. */
export async function startControlPlane(surroundings: Surroundings): Promise<ControlPlane> {
  const { lab, files, binaries, apiPort, ipFamily } = surroundings;
  const families = rangesOf(ipFamily);
  const primary = primaryRanges(ipFamily);
  const { controlPlane: directory, pki } = files;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const start = (name: string, executable: string, args: readonly string[]) =>
    launch({
      title: name,
      lab,
      cgroup: controlPlaneGroup,
      logFile: join(files.logs, `${name}.log`),
      command: ["nsenter", `--net=${netnsPath(lab, "cp")}`, "--", executable, ...args],
    });
  const startKubernetes = (name: string, args: readonly string[]) => start(name, join(binaries.kubernetes, name), args);

  const [etcd, relay, apiserver] = await settleAll([
    start("etcd", binaries.etcd, etcdArguments(directory)),
    launch({
      title: "API relay",
      lab,
      cgroup: controlPlaneGroup,
      logFile: join(files.logs, "relay.log"),
      command: [
        binaries.relay,
        ...[
          `--listen=127.0.0.1:${apiPort}`,
          `--netns=${netnsPath(lab, "cp")}`,
          `--connect=${hostPort(primary.controlPlane, 6443)}`,
        ],
      ],
    }),
    startKubernetes("kube-apiserver", apiserverArguments(pki, families)),
    writeKubeconfig(files.kubeconfig, pki, {
      server: `https://127.0.0.1:${apiPort}`,
      user: "admin",
      context: `packetwalk-${lab}`,
    }),
    ...["controller-manager", "scheduler"].map((user) =>
      writeKubeconfig(join(directory, `${user}.kubeconfig`), pki, {
        server: apiServerUrl(primary),
        user,
        context: user,
      }),
    ),
  ]);
  const api = await openApi(pki, apiPort);
  try {
    await waitFor("the API server did not get ready", () => api.answers("/readyz"), {
      components: [etcd, relay, apiserver],
    });
    const managers = await settleAll([
      startKubernetes("kube-controller-manager", controllerManagerArguments(directory, pki, families)),
      startKubernetes("kube-scheduler", schedulerArguments(directory)),
    ]);
    return { components: [etcd, relay, apiserver, ...managers], api };
  } catch (error) {
    api.close();
    throw error;
  }
}

/** etcd speaks plain HTTP, to the loopback interface of a namespace in which nothing but the control plane runs. */
function etcdArguments(directory: string): string[] {
  return [
    "--name=lab",
    `--data-dir=${join(directory, "etcd")}`,
    "--listen-client-urls=http://127.0.0.1:2379",
    "--advertise-client-urls=http://127.0.0.1:2379",
    "--listen-peer-urls=http://127.0.0.1:2380",
    "--initial-advertise-peer-urls=http://127.0.0.1:2380",
    "--initial-cluster=lab=http://127.0.0.1:2380",
    // A lab's state need not outlive a power failure, and waiting for the disk costs seconds of its start.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function apiserverArguments(pki: string, families: readonly [Ranges, ...Ranges[]]): string[] {
  const file = (name: string) => join(pki, name);
  return [
    "--etcd-servers=http://127.0.0.1:2379",
    `--advertise-address=${families[0].controlPlane}`,
    "--secure-port=6443",
    `--service-cluster-ip-range=${families.map(({ services }) => services).join(",")}`,
    "--allow-privileged=true",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    `--client-ca-file=${file("ca.crt")}`,
    `--tls-cert-file=${file("apiserver.crt")}`,
    `--tls-private-key-file=${file("apiserver.key")}`,
    `--kubelet-certificate-authority=${file("ca.crt")}`,
    `--kubelet-client-certificate=${file("apiserver-kubelet-client.crt")}`,
    `--kubelet-client-key=${file("apiserver-kubelet-client.key")}`,
    // Node names resolve nowhere here.
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${file("service-account.pub")}`,
    `--service-account-signing-key-file=${file("service-account.key")}`,
    `--requestheader-client-ca-file=${file("front-proxy-ca.crt")}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-username-headers=X-Remote-User",
    `--proxy-client-cert-file=${file("front-proxy-client.crt")}`,
    `--proxy-client-key-file=${file("front-proxy-client.key")}`,
    "--profiling=false",
  ];
}

function controllerManagerArguments(directory: string, pki: string, families: readonly Ranges[]): string[] {
  return [
    ...soleClientArguments(join(directory, "controller-manager.kubeconfig")),
    // Each controller gets a token of its own first; at the default of 20 requests a second that is 4 s of the start.
    "--kube-api-qps=100",
    "--kube-api-burst=200",
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${join(pki, "service-account.key")}`,
    `--root-ca-file=${join(pki, "ca.crt")}`,
    `--cluster-signing-cert-file=${join(pki, "ca.crt")}`,
    `--cluster-signing-key-file=${join(pki, "ca.key")}`,
    `--requestheader-client-ca-file=${join(pki, "front-proxy-ca.crt")}`,
    `--service-cluster-ip-range=${families.map(({ services }) => services).join(",")}`,
    `--cluster-cidr=${families.map(({ pods }) => pods).join(",")}`,
    // Each node's range is fixed, and set when the lab makes its Node object.
    "--allocate-node-cidrs=false",
  ];
}

function schedulerArguments(directory: string): string[] {
  return soleClientArguments(join(directory, "scheduler.kubeconfig"));
}

/** What the API server's two clients of the control plane share; there is one of each, so none has to be elected. */
function soleClientArguments(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    "--leader-elect=false",
    "--profiling=false",
  ];
}
