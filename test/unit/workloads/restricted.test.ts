/** Every pod of ours against the PodSecurity standard "restricted", but for those that can't be: they are named. */
import { readdirSync, readFileSync } from "node:fs";
import type { V1Container, V1PodSpec } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { equipPod } from "../../../runner/delivery/equip.ts";

const ROOT = new URL("../../../", import.meta.url);
/** What works on the nodes themselves, or is the lab's own. */
const CAN_NOT_BE = [
  "manifests/agents/pod.yaml",
  "manifests/keep/sysctls.yaml",
  "suites/dns-storm/manifests/node-local/daemon-set.yaml",
];

interface Document {
  readonly kind?: string;
  readonly spec?: { readonly template?: { readonly spec?: V1PodSpec }; readonly runner?: Runner } & V1PodSpec;
}
interface Runner extends Pick<V1PodSpec, "securityContext"> {
  readonly containerSecurityContext?: V1Container["securityContext"];
}

function podsIn(file: string): V1PodSpec[] {
  return parseAllDocuments(readFileSync(new URL(file, ROOT), "utf8")).flatMap((document) => {
    const { kind, spec } = document.toJS() as Document;
    if (kind === undefined) return []; // a patch to one of the others
    if (kind === "Pod" && spec) return [spec];
    if (spec?.runner) {
      const { containerSecurityContext: securityContext, ...runner } = spec.runner;
      return [{ ...runner, containers: [{ name: "k6", ...(securityContext ? { securityContext } : {}) }] }];
    }
    return spec?.template?.spec ? [spec.template.spec] : [];
  });
}

const SAFE_SYSCTLS = ["net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_port_range"];

/** As kubernetes.io/docs/concepts/security/pod-security-standards has it: what it forbids in this pod. */
function violations({ securityContext: own, hostNetwork, volumes = [], ...pod }: V1PodSpec): string[] {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  return [
    ...(hostNetwork ? ["host network"] : []),
    ...(own?.runAsNonRoot && own.runAsUser ? [] : ["may run as root"]),
    ...(own?.seccompProfile?.type === "RuntimeDefault" ? [] : ["no seccomp profile"]),
    ...(own?.sysctls ?? []).flatMap(({ name }) => (SAFE_SYSCTLS.includes(name) ? [] : [name])),
    ...volumes.flatMap(({ name, hostPath }) => (hostPath ? [`host path ${name}`] : [])),
    ...containers.flatMap(({ name, securityContext: context }) => [
      ...(context?.allowPrivilegeEscalation === false ? [] : [`${name} may gain privileges`]),
      ...(context?.capabilities?.drop?.includes("ALL") ? [] : [`${name} keeps capabilities`]),
      ...(context?.privileged ? [`${name} is privileged`] : []),
    ]),
  ];
}

const FILES = ["manifests", "suites"]
  .flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => /(^|\/)manifests\/(?!lab\/).*\.yaml$/.test(file) && podsIn(file).length > 0);

test("the manifests are found", () => {
  expect(FILES).toEqual(
    expect.arrayContaining(["manifests/load/job.yaml", "manifests/web/deployment.yaml", ...CAN_NOT_BE]),
  );
});

test.each(FILES.filter((file) => !CAN_NOT_BE.includes(file)))(
  "%s is restricted, with programs of ours in it as well",
  (file) => {
    for (const pod of podsIn(file)) {
      const image = pod.containers[0]?.image ?? "";
      equipPod(pod, ["agent"], { url: "http://depot", image: `${image}-other`, sums: new Map() });
      expect(violations(pod)).toEqual([]);
    }
  },
);

test.each(CAN_NOT_BE)("%s can't be", (file) => {
  expect(podsIn(file).flatMap(violations)).not.toEqual([]);
});
