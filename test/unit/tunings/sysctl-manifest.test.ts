import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { SHARED } from "../../../runner/cluster/manifests.ts";
import { sysctlManifest } from "../../../runner/tunings/keep/sysctl-manifest.ts";
import { nodeSysctlKind } from "../../../runner/tunings/kinds/node-sysctl.ts";
import { findTuning } from "../../../runner/tunings/read.ts";

const TEMPLATE = SHARED.text("keep/sysctls.yaml");
const tuning = (name: string) => findTuning(name).as(nodeSysctlKind).tuning;
const objectsOf = (text: string) => parseAllDocuments(text).map((document) => document.toJS());

describe("node settings that stay", () => {
  const text = sysctlManifest(
    TEMPLATE,
    [tuning("conntrack-time-wait-30"), tuning("conntrack-max-1048576")],
    "mirror/busybox:1",
  );
  const [config, daemonSet] = objectsOf(text);

  it("are written as sysctl.d has them, in their order, each with what it does", () => {
    const lines = String(config.data["99-k8s-network.conf"]).trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("#"))).toEqual([
      "net.netfilter.nf_conntrack_tcp_timeout_time_wait = 30",
      "net.netfilter.nf_conntrack_max = 1048576",
    ]);
    expect(lines.filter((line) => line.startsWith("# conntrack-"))).toHaveLength(2);
  });

  it("say where kube-proxy would write over them", () => {
    const conf = String(config.data["99-k8s-network.conf"]);
    expect(conf.split("\n").filter((line) => line.includes("kube-proxy"))).toEqual([
      "# kube-proxy sets it as well, whenever it starts: change its conntrack.min, and maxPerCore, too",
    ]);
  });

  it("are set on each node, before and after its restart, from the image that was named", () => {
    const { spec } = daemonSet.spec.template;
    expect(spec.hostNetwork).toBe(true);
    expect([...spec.initContainers, ...spec.containers].map(({ image }) => image)).toEqual(
      Array(2).fill("mirror/busybox:1"),
    );
    expect(spec.volumes).toContainEqual({
      name: "sysctl-d",
      hostPath: { path: "/etc/sysctl.d", type: "DirectoryOrCreate" },
    });
    expect(spec.volumes).toContainEqual({ name: "conf", configMap: { name: config.metadata.name } });
    expect(daemonSet.spec.selector.matchLabels).toEqual(daemonSet.spec.template.metadata.labels);
  });

  it("are nobody's but the owner's: nothing of them is packetwalk's to take away", () => {
    expect(text).not.toMatch(/part-of|managed-by/);
  });
});
