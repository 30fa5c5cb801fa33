/** What the lab's nodes are set to, and what runs there. */
import { basename } from "node:path";
import { execa } from "execa";
import { labNamespaces, netnsName, netnsPath } from "../../../runner/lab/machine/namespaces.ts";
import { PREFILL_MARK } from "../../../runner/probes/conntrack.ts";
import type { OwnLab } from "../lab/own-lab.ts";
import { allProcesses } from "../lab/processes.ts";
import type { Dump } from "./dump.ts";

/** Of pods: they come and go with them. */
const OF_PODS = /\bveth[0-9a-f]+/;
const VOLATILE = /^net\.netfilter\.nf_conntrack_count /;

export async function nodesOf(own: OwnLab): Promise<Dump> {
  const processes = (await allProcesses(own)).map(({ words }) => basename(words[0] ?? "")).sort();
  const found: Record<string, readonly string[]> = { "processes of the lab": processes };
  for (const namespace of (await labNamespaces(own.lab.name)).sort()) {
    const node = namespace.slice(netnsName(own.lab.name, "").length);
    const within = async (...command: string[]) => {
      const where = `--net=${netnsPath(own.lab.name, node)}`;
      const { stdout } = await execa("nsenter", [where, "--", ...command], { reject: false, env: { LC_ALL: "C" } });
      return String(stdout ?? "").split("\n");
    };
    const settings = (await within("sysctl", "-a")).filter((line) => line.startsWith("net.") && !VOLATILE.test(line));
    const addresses = (await within("ip", "-o", "addr")).map((line) => line.replace(/^\d+: /, ""));
    found[`sysctls of ${node}`] = settings.filter((line) => !OF_PODS.test(line)).sort();
    found[`addresses of ${node}`] = addresses.filter((line) => !OF_PODS.test(line)).sort();
    found[`rules of ${node}`] = (await within("iptables-save")).flatMap(ruleOf).sort();
    // What a run fills a table with has this mark; where the kernel does not show the table, 0 is what is said.
    const marked = await within("grep", "-c", `mark=${PREFILL_MARK} `, "/proc/net/nf_conntrack");
    found[`our entries in the connection table of ${node}`] = marked;
  }
  return found;
}

/** Without counters, comments, and when it was printed. */
function ruleOf(line: string): string[] {
  return line === "" || line.startsWith("#") ? [] : [line.replace(/\[\d+:\d+\]/, "")];
}
