import { expect, test } from "vitest";
import { tooOldFor } from "../../../../../suites/rolling-update/analysis/own-paths.ts";
import { ROLLOUT_NEEDS } from "../../../../../suites/rolling-update/needs.ts";
import { leftOutWords } from "../../../../../suites/rolling-update/report/words.ts";
import { refuseNamed } from "../../../../../suites/rolling-update/stage/paths/own-paths.ts";

const WHY = { kind: "kubernetes-too-old", needs: 29, has: 28, feature: "native sidecars" } as const;

test.each([
  ["an old cluster", ["v1.28.15", "v1.28.15-eks-1"], true],
  ["an API server that is newer than a kubelet", ["v1.30.1", "v1.28.9+k3s1", "v1.30.1"], true],
  ["the first that has them", ["v1.29.0", "v1.29.0"], false],
  ["versions that say nothing", ["unknown"], false],
])("%s: the sidecar's path is left out by its name: %s", (_, versions, isOut) => {
  expect(tooOldFor(versions)).toEqual(isOut ? [{ path: "envoy-sidecar", why: WHY }] : []);
});

test("it is named with what it takes, and refused to whoever names it", () => {
  expect(leftOutWords("envoy-sidecar", WHY)).toBe(
    "path envoy-sidecar was left out: it takes Kubernetes 1.29 (native sidecars), and this cluster has 1.28",
  );
  const out = tooOldFor(["v1.28.0"]);
  expect(() => refuseNamed(out, ["nginx", "envoy-sidecar"])).toThrow(
    "--paths: path envoy-sidecar takes Kubernetes 1.29 (native sidecars), and this cluster has 1.28; leave it out",
  );
  expect(() => refuseNamed(out, ["nginx"])).not.toThrow();
});

test("preflight says it beforehand", () => {
  expect(ROLLOUT_NEEDS.lacksOn?.(["v1.28.0"])).toEqual([
    "path envoy-sidecar is left out: it takes Kubernetes 1.29 (native sidecars)",
  ]);
  expect(ROLLOUT_NEEDS.lacksOn?.(["v1.34.0"])).toEqual([]);
});
