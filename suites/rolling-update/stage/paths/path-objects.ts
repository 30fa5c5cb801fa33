import type { V1Deployment, V1Service } from "@kubernetes/client-node";
import { MANIFESTS } from "../manifests.ts";
import { type Configuration, configurationDigest } from "./configuration.ts";
import type { PathOptions } from "./path.ts";

const NAME = "app.kubernetes.io/name";

/** Of a path's objects: those with the proxy retry stand beside those without it. */
export function objectName(name: string, { nextUpstream }: Pick<PathOptions, "nextUpstream">): string {
  return nextUpstream ? `${name}-retry` : name;
}

/** Pure: the Service of that name before a path's proxy. */
export function pathService(folder: string, name: string): V1Service {
  const service = MANIFESTS.object<V1Service>(folder, "Service");
  service.metadata = { ...service.metadata, name, labels: { ...service.metadata?.labels, [NAME]: name } };
  if (service.spec) service.spec.selector = { ...service.spec.selector, [NAME]: name };
  return service;
}

/**
 * Pure: the Deployment of that name, whose configuration is the ConfigMap of its name.
 * @param imageOf by the container's name
 */
export function pathDeployment(
  folder: string,
  name: string,
  configuration: Configuration,
  imageOf: (container: string) => string,
): V1Deployment {
  const deployment = MANIFESTS.object<V1Deployment>(folder, "Deployment");
  const template = deployment.spec?.template;
  const pod = template?.spec;
  if (!deployment.spec || !template || !pod) throw new Error(`manifests/${folder} has no pod template`);
  const labels = { ...template.metadata?.labels, [NAME]: name };
  deployment.metadata = { ...deployment.metadata, name, labels };
  deployment.spec.selector = { matchLabels: { ...deployment.spec.selector.matchLabels, [NAME]: name } };
  template.metadata = {
    labels,
    annotations: { ...template.metadata?.annotations, ...configurationDigest(configuration) },
  };
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) container.image = imageOf(container.name);
  const volume = pod.volumes?.find((each) => each.configMap);
  if (volume) volume.configMap = { name };
  return deployment;
}
