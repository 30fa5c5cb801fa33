import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../../runner/cluster/exec.ts";
import type { Family } from "../../../../runner/workloads/family.ts";
import { webFamily } from "../../../../runner/workloads/web.ts";
import { awaitAnswer } from "./answer.ts";
import { type Configuration, configMapOf, configurationFiles } from "./configuration.ts";
import { allowEndpointsSync, readSyncs } from "./endpoints-sync.ts";
import { parseEnvoyLog } from "./envoy-log.ts";
import { listenFile } from "./nginx.ts";
import { skippedLines } from "./parsed-log.ts";
import type { PathMaker } from "./path.ts";
import { objectName, pathDeployment, pathService } from "./path-objects.ts";
import { readProxyLog } from "./proxy-log.ts";
import { applyForPath, deployProxy, type ProxyPod } from "./proxy-pods.ts";
import { serviceAddress } from "./service-address.ts";

const NAME = "envoy-sidecar";
const FOLDER = "paths/envoy-sidecar";
const CONTAINER = "envoy";

/** As in routes-retry.yaml. */
const RETRIES = { tries: 3, on: "connect-failure, reset, 503" };

/** From pod to pod: NGINX as the calling app, and beside it an Envoy that leads to the Service's endpoints. */
export const envoySidecar: PathMaker = async (cluster, images, { nextUpstream, places }, signal) => {
  const configuration = sidecarConfiguration(nextUpstream, await webFamily(cluster));
  const { nginx, delivery } = images;
  const image = { envoy: await images.envoy(), nginx };
  await allowEndpointsSync(cluster, NAME);
  const name = objectName(`path-${NAME}`, { nextUpstream });
  await applyForPath(cluster, NAME, [configMapOf(name, configuration), pathService(FOLDER, name)]);
  const deployment = pathDeployment(FOLDER, name, configuration, (container) =>
    container === "envoy" || container === "nginx" ? image[container] : delivery.image,
  );
  if (deployment.spec?.template.spec) await delivery.equip(deployment.spec.template.spec, ["agent"]);
  const pod = await deployProxy(cluster, NAME, deployment, places, signal);
  const service = await cluster.core.readNamespacedService({ name, namespace: cluster.namespace });
  const entry = { name: NAME, address: serviceAddress(service), host: "web", urlPath: "/" };
  return {
    ...entry,
    proxy: `Envoy ${await versionOf(cluster, pod)}, the calling pod's sidecar`,
    leadsBy: "endpoints",
    keepsConnections: true,
    retries: nextUpstream ? RETRIES : null,
    rhythmMs: 0, // told at once, as a mesh's control plane does
    nodes: [pod.node],
    uids: [pod.uid],
    records: async (sinceUnixMs) => {
      const from = { namespace: cluster.namespace, pod: pod.name, container: CONTAINER };
      const { lines, unseen } = await readProxyLog(cluster, from, sinceUnixMs);
      const { records, skipped } = parseEnvoyLog(lines);
      return {
        records: records.filter((each) => each.endedAtUnixMs >= sinceUnixMs),
        unseen: [...unseen, ...skippedLines(from, skipped)],
      };
    },
    syncs: (sinceUnixMs) => readSyncs(cluster, pod.name, sinceUnixMs),
    ready: (agents, signal) => awaitAnswer(agents, entry, signal),
  };
};

/** Its listener that the kubelet asks, of whichever family: the others are the pod's own. */
const ANY_IPV4 = "address: 0.0.0.0";
const ANY = 'address: "::", ipv4_compat: true';

/** Pure. @param family of the Service's address */
export function sidecarConfiguration(nextUpstream: boolean, family: Family): Configuration {
  const {
    "routes-retry.yaml": retrying = "",
    "envoy.yaml": envoy = "",
    ...files
  } = configurationFiles(FOLDER, ["envoy.yaml", "nginx.conf", "routes.yaml", "routes-retry.yaml"]);
  return {
    ...files,
    ...configurationFiles("paths/nginx", [listenFile(family)]),
    "envoy.yaml": family === "ipv6" ? envoy.replace(ANY_IPV4, ANY) : envoy,
    ...(nextUpstream ? { "routes.yaml": retrying } : {}),
  };
}

/** "envoy  version: HASH/1.40.0/Clean/RELEASE/BoringSSL". */
async function versionOf(cluster: Cluster, pod: ProxyPod): Promise<string> {
  const at = { namespace: cluster.namespace, pod: pod.name, container: CONTAINER };
  const { stdout } = await execInPod(cluster, at, ["envoy", "--version"], { timeoutMs: 30_000 });
  return /version: \w+\/([\d.]+)/.exec(stdout)?.[1] ?? "of unknown version";
}
