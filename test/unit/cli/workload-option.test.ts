import { KubeConfig, type V1Deployment } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { EXIT, exitCodeOfError } from "../../../runner/cli/exit-codes.ts";
import { assertWorkloadAble } from "../../../runner/cli/workload-able.ts";
import { assertWorkloadAsked } from "../../../runner/cli/workload-option.ts";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import { chosenContainer } from "../../../runner/workloads/users-deployment.ts";
import { referenceWords, workloadReference } from "../../../runner/workloads/workload-reference.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { answering, api } from "../cluster/servers/api.ts";

const workload = workloadReference("shop/deployment/web");

test("a workload is named with its namespace and kind, and its container where that is needed", () => {
  expect(workload).toEqual({ namespace: "shop", kind: "Deployment", name: "web" });
  expect(referenceWords(workloadReference("shop/deployments/web/app"))).toBe("shop/deployment/web/app");
});

test.each([
  ["web", /^--workload: "web" names no workload; give it as NAMESPACE\/deployment\/NAME/],
  ["shop/statefulset/db", /^--workload: a statefulset can't be tried on yet, only Deployments/],
  ["shop/pod/web", /^--workload: "pod" is not a kind of workload/],
  ["shop/deployment/web/app/more", /names no workload/],
  ["shop/deployment/Web", /names no workload/],
])("%s is refused in a sentence", (text, sentence) => {
  expect(() => workloadReference(text)).toThrow(sentence);
});

describe("the container that settings are for", () => {
  const of = (...containers: { name: string; ports?: { containerPort: number }[] }[]): V1Deployment => ({
    spec: { selector: {}, template: { spec: { containers } } },
  });
  const serving = { name: "app", ports: [{ containerPort: 80 }] };

  test("is the only one, or the one that serves a port, or the one that was named", () => {
    expect(chosenContainer(of({ name: "only" }), workload)).toBe("only");
    expect(chosenContainer(of({ name: "side" }, serving), workload)).toBe("app");
    expect(chosenContainer(of({ name: "side" }, serving), { ...workload, container: "side" })).toBe("side");
  });

  test("is asked for, with all names, where it is not clear", () => {
    expect(() => chosenContainer(of({ name: "a" }, { name: "b" }), workload)).toThrow(
      "--workload: Deployment shop/web has containers a, b, and it is not clear which one is meant; add one, e.g. shop/deployment/web/a",
    );
    expect(() => chosenContainer(of(serving), { ...workload, container: "x" })).toThrow(
      /no container x; choose one of app/,
    );
  });
});

describe("before anything is started", () => {
  const arms = (tuned: string) => armPair(rollingUpdate, "baseline", tuned);

  test("it has to be allowed", async () => {
    const error = await assertWorkloadAsked([], { workload }).catch((error: unknown) => error);
    expect(exitCodeOfError(error)).toBe(EXIT.usage);
    expect(String(error)).toMatch(/--workload changes Deployment shop\/web.*add --allow-workload-changes/);
  });

  test("an arm that has nothing of a workload is refused, with what has", async () => {
    const asked = { workload, allowWorkloadChanges: true };
    const nothing = [{ suite: rollingUpdate, arms: await arms("next-upstream") }];
    await expect(assertWorkloadAsked(nothing, asked)).rejects.toThrow(
      /^--workload: arm next-upstream of rolling-update sets nothing that a workload has; these of its tunings do: .*prestop-native-sleep-10/,
    );
    for (const [suite, tuned] of [
      [rollingUpdate, "prestop-native-sleep-10,next-upstream"],
      [dnsStorm, "ndots-2"],
      [connectionFlood, "pod-port-range"],
    ] as const) {
      const some = [{ suite, arms: await armPair<Tuning>(suite, "baseline", tuned) }];
      await expect(assertWorkloadAsked(some, asked)).resolves.toBeUndefined();
    }
  });
});

test("rights that are missing are named with the file that has them, before anything is changed", async () => {
  await using server = await api({
    answer: answering(({ method, body }) => {
      if (method !== "POST") return { status: 200, body: { items: [] } };
      const allowed = !JSON.stringify(body).includes('"verb":"patch"');
      return { status: 201, body: { ...Object(body), status: { allowed, reason: "RBAC" } } };
    }),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "x" });
  const able = assertWorkloadAble(await openCluster(kubeconfig), { workload });
  await expect(able).rejects.toThrow(
    "Deployment shop/web can't be tried on: you may not patch deployments.apps in namespace shop: RBAC (docs/rights/workload.yaml has what it takes)",
  );
});
