import { expect, test } from "vitest";
import { isSameCluster, type KnownCluster } from "../../../runner/undo/known-cluster.ts";

const named = (clusterUid: string | null, context = "c", file: string | readonly string[] = "/k"): KnownCluster => ({
  ref: { kind: "kubeconfig", file, context },
  clusterUid,
});
const lab = (clusterUid: string | null, name = "default"): KnownCluster => ({
  ref: { kind: "lab", name, startedByRun: false },
  clusterUid,
});

test.each<[string, KnownCluster, KnownCluster, boolean]>([
  ["one cluster by two contexts", named("a"), named("a", "d"), true],
  ["one cluster by two files", named("a"), named("a", "c", ["/l", "/m"]), true],
  ["two clusters behind one name", named("a"), named("b"), false],
  ["one name, where one UID is not known", named("a"), named(null), true],
  ["one name, where no UID is known", named(null), named(null), true],
  ["one file, named or by KUBECONFIG", named(null), named(null, "c", ["/k"]), true],
  ["two contexts, where one UID is not known", named("a"), named(null, "d"), false],
  ["two files, where one UID is not known", named("a"), named(null, "c", "/l"), false],
  ["a lab, made anew on the same kernel", lab("a"), lab("b"), true],
  ["two labs", lab("a"), lab("b", "other"), false],
  ["a lab, and its own kubeconfig", lab("a"), named("a"), true],
  ["a lab, and another cluster", lab("a"), named("b"), false],
  ["a lab, and a cluster that is not known", lab(null), named(null), false],
])("%s", (_, one, other, same) => {
  expect([isSameCluster(one, other), isSameCluster(other, one)]).toEqual([same, same]);
});
