import type { V1ConfigMap } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { namesToAsk } from "../../../../../suites/dns-storm/analysis/names.ts";
import { clusterFirst } from "../../../../../suites/dns-storm/stage/dns/client.ts";
import { MANIFESTS } from "../../../../../suites/dns-storm/stage/manifests.ts";

/** Clusters may have any domain; the DNS under test and its clients have one of their own, and need nobody else's. */
test("the DNS under test, its clients' search list and the names that they ask for are of one domain", () => {
  const { data } = MANIFESTS.object<V1ConfigMap>("dns", "ConfigMap");
  const zone = /kubernetes (\S+) in-addr\.arpa/.exec(data?.Corefile ?? "")?.[1];
  expect(clusterFirst("packetwalk").searches.at(-1)).toBe(zone);
  expect(clusterFirst("packetwalk").searches).toHaveLength(3);
  for (const domain of clusterFirst("packetwalk").searches) expect(domain.endsWith(`${zone}`)).toBe(true);
  const inCluster = namesToAsk("packetwalk", true).filter(({ kind }) => !/external|missing/.test(kind));
  expect(inCluster.length).toBeGreaterThan(2);
  for (const { name } of inCluster) expect(name.endsWith(`.${zone}.`)).toBe(true);
});
