import type { KubernetesObject } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { inOwnNamespace } from "../../../runner/cluster/own-namespace.ts";

const object = (kind: string, metadata: object, more: object = {}): KubernetesObject => ({ kind, metadata, ...more });

test("in the usual namespace a manifest stays as it is written", () => {
  const role = object("ClusterRole", { name: "packetwalk-dns" });
  expect(inOwnNamespace(role, "packetwalk")).toBe(role);
});

test.each([
  ["the namespace itself", object("Namespace", { name: "packetwalk" }), object("Namespace", { name: "b" })],
  [
    "what is in it",
    object("Service", { name: "packetwalk-web", namespace: "packetwalk" }),
    object("Service", { name: "packetwalk-web", namespace: "b" }),
  ],
  [
    "what is in no namespace, so that two runs have one each",
    object("ClusterRole", { name: "packetwalk-dns" }),
    object("ClusterRole", { name: "b-dns" }),
  ],
  [
    "a binding's subjects and its role",
    object(
      "ClusterRoleBinding",
      { name: "packetwalk-dns" },
      { roleRef: { name: "packetwalk-dns" }, subjects: [{ name: "dns", namespace: "packetwalk" }] },
    ),
    object(
      "ClusterRoleBinding",
      { name: "b-dns" },
      { roleRef: { name: "b-dns" }, subjects: [{ name: "dns", namespace: "b" }] },
    ),
  ],
  [
    "what belongs to others",
    object("Pod", { name: "packetwalker", namespace: "kube-system" }),
    object("Pod", { name: "packetwalker", namespace: "kube-system" }),
  ],
])("in another namespace: %s", (_what, written, own) => {
  expect(inOwnNamespace(written, "b")).toEqual(own);
});
