import type { V1Deployment, V1Namespace, V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import { describe, expect, it, test } from "vitest";
import { SHARED } from "../../../runner/cluster/manifests.ts";
import { outsideMeshes } from "../../../runner/cluster/outside-meshes.ts";
import { containerIdOf } from "../../../runner/cluster/pods.ts";

const status = (name: string, containerID: string, running = true) => ({
  name,
  containerID,
  image: "",
  imageID: "",
  ready: running,
  restartCount: 0,
  state: running ? { running: {} } : { waiting: {} },
});

describe("a container is found by the name that its manifest gave it", () => {
  test.each([
    ["Istio's sidecar in front", ["istio-proxy", "web"]],
    ["Linkerd's sidecar in front", ["linkerd-proxy", "web"]],
    ["a log shipper behind", ["web", "shipper"]],
  ])("%s", (_, names) => {
    const pod: V1Pod = {
      spec: { containers: names.map((name) => ({ name })) },
      status: { containerStatuses: names.map((name) => status(name, `containerd://id-of-${name}`)) },
    };
    expect(containerIdOf(pod, "web")).toBe("id-of-web");
  });

  it("with the prefix of every runtime, and only while it runs", () => {
    const of = (id: string, running = true): V1Pod => ({ status: { containerStatuses: [status("web", id, running)] } });
    expect(["containerd://a1", "cri-o://a1", "docker://a1"].map((id) => containerIdOf(of(id), "web"))).toEqual([
      "a1",
      "a1",
      "a1",
    ]);
    expect(containerIdOf(of("containerd://a1", false), "web")).toBeUndefined();
    expect(containerIdOf(of("containerd://a1"), "other")).toBeUndefined();
  });
});

describe("our namespace", () => {
  it("asks every mesh to leave its pods alone", () => {
    const { metadata } = SHARED.object<V1Namespace>("namespace", "Namespace");
    expect(metadata?.labels).toMatchObject({
      "istio-injection": "disabled",
      "istio.io/dataplane-mode": "none",
      "kuma.io/sidecar-injection": "disabled",
      "openservicemesh.io/ignore": "true",
    });
    expect(metadata?.annotations).toMatchObject({
      "linkerd.io/inject": "disabled",
      "openservicemesh.io/sidecar-injection": "disabled",
    });
  });

  it("and tells Consul by its pods", () => {
    const annotation = { "consul.hashicorp.com/connect-inject": "false" };
    const web = SHARED.object<V1Deployment>("web", "Deployment");
    expect(web.spec?.template.metadata?.annotations).toMatchObject(annotation);
    for (const folder of ["agents", "depot"])
      expect(SHARED.object<V1Pod>(folder, "Pod").metadata?.annotations).toMatchObject(annotation);
    const service = { kind: "Service", metadata: { name: "web" }, spec: { selector: {} } };
    expect(outsideMeshes(service)).toBe(service);
  });

  it("allows all traffic of its pods, whatever a policy generator denies", () => {
    const policy = SHARED.object<V1NetworkPolicy>("namespace", "NetworkPolicy");
    expect(policy.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{}],
      egress: [{}],
    });
  });
});
