import { readFileSync } from "node:fs";
import { ApiException, type CoreV1Event, type V1Pod } from "@kubernetes/client-node";
import { describe, expect, it, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { creationRefusal, imageRefusal, refusalCheck, sysctlRefusal } from "../../../runner/cluster/refused-pods.ts";
import { isEarlyForServiceAccount } from "../../../runner/cluster/service-account.ts";

const event = (
  involvedObject: CoreV1Event["involvedObject"],
  message: string,
  at = 0,
  reason = "FailedCreate",
): CoreV1Event => ({ metadata: {}, involvedObject, reason, message, lastTimestamp: new Date(at) });

const OF_JOB = { kind: "Job", name: "load-3" };
const JOB = { kind: "Job", name: "load-3" } as const;
const QUOTA =
  'pods "load-3-0-x7x9p" is forbidden: exceeded quota: team, requested: requests.cpu=1, used: requests.cpu=3500m, limited: requests.cpu=4';
const NO_ACCOUNT =
  'pods "load-3-0" is forbidden: error looking up service account packetwalk/default: serviceaccount "default" not found';

describe("pods that a controller can't create", () => {
  it("are refused in the words of the policy, also where they speak of a service account", () => {
    const name = "../../fixtures/cases/policy-openshift-words.yaml";
    const [policy] = parseAllDocuments(readFileSync(new URL(name, import.meta.url), "utf8"));
    const message = policy?.toJS().spec.validations[0].message;
    const said = `pods "agent-" is forbidden: ValidatingAdmissionPolicy 'refuse-host-pid' with binding 'refuse-host-pid' denied request: ${message}`;
    const events = [event({ kind: "DaemonSet", name: "agent" }, `Error creating: ${said}`)];
    expect(creationRefusal({ kind: "DaemonSet", name: "agent" }, events, false)).toBe(
      `the cluster refuses the pods of DaemonSet agent: ${said}`,
    );
    const answer = new ApiException(403, "", JSON.stringify({ message: said }), {});
    expect(isEarlyForServiceAccount(answer)).toBe(false);
  });

  // More of its kind: final, though they speak of service accounts, and of what is not found.
  it.each([
    'unable to validate against any security context constraint: [provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{65532}: 65532 is not an allowed group, provider restricted-v2: .containers[0].runAsUser: Invalid value: 65532: must be in the ranges: [1000680000, 1000689999], provider "privileged": Forbidden: not usable by user or serviceaccount]',
    'admission webhook "accounts.policy.example" denied the request: serviceaccount "default" not found in the list of those that may run hostNetwork pods',
  ])("are refused for good in other policies' words about service accounts: %s", (message) => {
    const said = `pods "load-3-0-x7x9p" is forbidden: ${message}`;
    expect(creationRefusal(JOB, [event(OF_JOB, `Error creating: ${said}`)], true)).toBe(
      `the cluster refuses the pods of Job load-3: ${said}`,
    );
    const answer = new ApiException(403, "", JSON.stringify({ message: said }), {});
    expect(isEarlyForServiceAccount(answer)).toBe(false);
  });

  it("are waited for while the namespace's service account is only late", () => {
    expect(creationRefusal(JOB, [event(OF_JOB, `Error creating: ${NO_ACCOUNT}`)], false)).toBeUndefined();
    const answer = new ApiException(403, "", JSON.stringify({ message: NO_ACCOUNT }), {});
    expect(isEarlyForServiceAccount(answer)).toBe(true);
  });

  it("are refused by a quota unless pods of ours still go, which take of it", () => {
    const events = [event(OF_JOB, `Error creating: ${QUOTA}`)];
    expect(creationRefusal(JOB, events, false)).toBe(`the cluster refuses the pods of Job load-3: ${QUOTA}`);
    expect(creationRefusal(JOB, events, true)).toBeUndefined();
  });

  test.each([
    [
      "Kyverno",
      'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/packetwalk/agent-x was blocked due to the following policies \n\ndisallow-privileged:\n  privileged: Privileged mode is disallowed.',
      'admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod/packetwalk/agent-x was blocked due to the following policies disallow-privileged: privileged: Privileged mode is disallowed.',
    ],
    [
      "GKE Autopilot",
      'admission webhook "warden-validating.common-webhooks.networking.gke.io" denied the request: GKE Warden rejected the request because it violates one or more constraints.\nViolations details: {"[denied by autogke-disallow-privilege]":["container agent is privileged; not allowed in Autopilot"]}\nRequested by user: \'me\'.',
      'admission webhook "warden-validating.common-webhooks.networking.gke.io" denied the request: GKE Warden rejected the request because it violates one or more constraints. Violations details: {"[denied by autogke-disallow-privilege]":["container agent is privileged; not allowed in Autopilot"]} Requested by user: \'me\'.',
    ],
    [
      "Gatekeeper",
      'admission webhook "validation.gatekeeper.sh" denied the request: [psp-host-network] The specified hostNetwork is not allowed\n[psp-privileged] Privileged container is not allowed: agent',
      'admission webhook "validation.gatekeeper.sh" denied the request: [psp-host-network] The specified hostNetwork is not allowed [psp-privileged] Privileged container is not allowed: agent',
    ],
    [
      "LimitRange",
      'pods "load-3-0" is forbidden: [minimum cpu usage per Container is 100m, but request is 10m, minimum memory usage per Container is 64Mi, but request is 32Mi]',
      'pods "load-3-0" is forbidden: [minimum cpu usage per Container is 100m, but request is 10m, minimum memory usage per Container is 64Mi, but request is 32Mi]',
    ],
    [
      "PodSecurity",
      'pods "load-3-0" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      'pods "load-3-0" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    ],
  ])("are refused with the words of %s in full, on one line", (_, message, words) => {
    const events = [event(OF_JOB, `Error creating: ${message}`)];
    expect(creationRefusal(JOB, events, false)).toBe(`the cluster refuses the pods of Job load-3: ${words}`);
  });

  test.each([
    ["another's Job", event({ kind: "Job", name: "load-33" }, QUOTA)],
    ["a webhook that does not answer now", event(OF_JOB, 'Internal error: failed calling webhook "x": denied by EOF')],
    ["an API that is slow", event(OF_JOB, "Error creating: etcdserver: request timed out")],
    ["another trouble", event(OF_JOB, QUOTA, 0, "BackoffLimitExceeded")],
  ])("are waited for where it is %s", (_, other) => {
    expect(creationRefusal(JOB, [other], false)).toBeUndefined();
  });

  it("of a Deployment are told by its ReplicaSets", () => {
    const web = { kind: "Deployment", name: "web" } as const;
    const of = (name: string) => [event({ kind: "ReplicaSet", name }, QUOTA)];
    expect(creationRefusal(web, of("web-6d4cf56db6"), false)).toContain("Deployment web: pods");
    expect(creationRefusal(web, of("web-api-6d4cf56db6"), false)).toBeUndefined();
  });
});

const pulling = (reason: string, message: string): V1Pod => ({
  metadata: { name: "web-1", uid: "u1" },
  status: {
    containerStatuses: [
      {
        name: "web",
        image: "registry.example.com/web:9",
        ready: false,
        restartCount: 0,
        imageID: "",
        state: { waiting: { reason, message } },
      },
    ],
  },
});
const NOT_FOUND =
  'failed to pull and unpack image "registry.example.com/web:9": failed to resolve reference: registry.example.com/web:9: not found';
const OF_POD = { kind: "Pod", name: "web-1", uid: "u1" };

describe("an image that can't be had", () => {
  test.each([
    ["ErrImagePull", NOT_FOUND],
    ["ErrImagePull", "pull access denied, repository does not exist or may require authorization"],
    ["InvalidImageName", 'couldn\'t parse image name "Web:9": repository name must be lowercase'],
    ["ErrImageNeverPull", 'Container image "web:9" is not present with pull policy of Never'],
  ])("ends the wait with the registry's words: %s", (reason, message) => {
    expect(imageRefusal([pulling(reason, message)], [])).toBe(
      `pod web-1 can't have its image registry.example.com/web:9: ${reason} ${message}`,
    );
  });

  it("has its words in an event where the kubelet only backs off", () => {
    const pods = [pulling("ImagePullBackOff", 'Back-off pulling image "registry.example.com/web:9"')];
    expect(imageRefusal(pods, [])).toBeUndefined();
    const events = [
      event(OF_POD, "Error: ErrImagePull", 9, "Failed"),
      event(OF_POD, `Failed to pull image: ${NOT_FOUND}`, 8, "Failed"),
      event({ ...OF_POD, uid: "u2" }, "Failed to pull image: access denied", 10, "Failed"),
    ];
    expect(imageRefusal(pods, events)).toBe(
      `pod web-1 can't have its image registry.example.com/web:9: ImagePullBackOff Failed to pull image: ${NOT_FOUND}`,
    );
  });

  test("a node without a way to the registry is told at once", () => {
    const words = "dial udp 10.255.255.53:53: connect: network is unreachable";
    expect(imageRefusal([pulling("ErrImagePull", words)], [])).toBe(
      `pod web-1 can't have its image registry.example.com/web:9: ErrImagePull ${words}`,
    );
  });

  test.each(["ErrImagePull", "ImagePullBackOff"])("may still come after a timeout (%s)", (reason) => {
    expect(imageRefusal([pulling(reason, "dial tcp 203.0.113.7:443: i/o timeout")], [])).toBeUndefined();
  });
});

describe("a wait for pods", () => {
  const clusterOf = (items: CoreV1Event[]) => {
    const asked = { events: 0 };
    const core = {
      listNamespacedEvent: async () => {
        asked.events += 1;
        return { items };
      },
      listNamespacedPod: async () => ({ items: [] }),
    };
    return { asked, cluster: { core } as unknown as Cluster };
  };

  it("ends at once where they are refused", async () => {
    const { cluster } = clusterOf([event(OF_JOB, QUOTA)]);
    await expect(refusalCheck(cluster, JOB)([], 4)).rejects.toThrow(
      `the cluster refuses the pods of Job load-3: ${QUOTA}`,
    );
  });

  it("ends at once where a kubelet refuses a sysctl, in its words", async () => {
    const { cluster, asked } = clusterOf([]);
    const message = 'forbidden sysctl: "net.core.somaxconn" not allowlisted';
    const status = { phase: "Failed", reason: "SysctlForbidden", message };
    const pods: V1Pod[] = [
      { metadata: { name: "load-3-0" }, spec: { nodeName: "node2", containers: [] }, status },
      { metadata: { name: "load-3-1" }, status: { phase: "Failed", reason: "Evicted" } },
    ];
    const refused = { where: "node2", says: `SysctlForbidden: ${message}` };
    await expect(refusalCheck(cluster, JOB)(pods, 2)).rejects.toMatchObject({
      ...refused,
      message: `the kubelet of node node2 refuses pod load-3-0: ${refused.says}`,
    });
    expect(sysctlRefusal(pods.slice(1))).toBeUndefined();
    expect(asked.events).toBe(0);
  });

  it("ends at once where a policy refuses a sysctl, in its words", async () => {
    const policy =
      'pods "load-3-0-x" is forbidden: violates PodSecurity "baseline:latest": forbidden sysctls (net.core.somaxconn)';
    const { cluster } = clusterOf([event(OF_JOB, `Error creating: ${policy}`)]);
    await expect(refusalCheck({ ...cluster, namespace: "ours" }, JOB)([], 1)).rejects.toMatchObject({
      name: "SysctlRefused",
      where: "namespace ours",
      says: `the cluster refuses the pods of Job load-3: ${policy}`,
    });
  });

  it("asks for no events where there are as many as wanted, and not at each look where there are fewer", async () => {
    const { cluster, asked } = clusterOf([]);
    const check = refusalCheck(cluster, JOB);
    await check([{ metadata: { name: "a" } }], 1);
    expect(asked.events).toBe(0);
    await check([], 1);
    await check([], 1);
    expect(asked.events).toBe(1);
  });

  it("goes on where events may not be read", async () => {
    const core = {
      listNamespacedEvent: () => Promise.reject(new Error("HTTP 403")),
      listNamespacedPod: () => Promise.reject(new Error("HTTP 403")),
    };
    await expect(refusalCheck({ core } as unknown as Cluster, JOB)([], 1)).resolves.toBeUndefined();
  });
});
