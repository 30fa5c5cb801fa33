/** Debian's node_exporter in the network of each node of a lab, where Prometheus on this machine can scrape it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { freePort } from "../../runner/lab/boot/free-port.ts";
import { relay } from "../../runner/lab/builds/components.ts";
import { buildProgram, goVersion } from "../../runner/lab/builds/go.ts";
import type { Lab } from "../../runner/lab/index.ts";
import { netnsPath } from "../../runner/lab/machine/namespaces.ts";
import { installPackages } from "../../runner/lab/machine/requirements.ts";

const EXECUTABLE = "/usr/bin/prometheus-node-exporter";
/** Of a node's own loopback. */
const IN_NODE = "127.0.0.1:9100";
/** What a rehearsal reads of them. */
const COLLECTORS = ["conntrack", "netstat", "softnet"].map((name) => `--collector.${name}`);

export interface NodeExporters extends AsyncDisposable {
  /** host:port on this machine, by node. */
  readonly addresses: ReadonlyMap<string, string>;
}

export async function startNodeExporters({ name, nodes }: Lab): Promise<NodeExporters> {
  if (!existsSync(EXECUTABLE)) {
    console.log("Installing the Debian package prometheus-node-exporter …");
    await installPackages(["prometheus-node-exporter"], () => {}, ["prometheus-node-exporter.service"]);
  }
  const program = await buildProgram(relay, await goVersion(), () => {});
  const started: ChildProcess[] = [];
  const start = (command: string, ...args: string[]) => started.push(spawn(command, args, { stdio: "ignore" }));
  const addresses = new Map<string, string>();
  for (const node of nodes) {
    const [netns, address] = [netnsPath(name, node), `127.0.0.1:${await freePort()}`];
    const disabled = ["--collector.disable-defaults", ...COLLECTORS];
    start("nsenter", `--net=${netns}`, "--", EXECUTABLE, `--web.listen-address=${IN_NODE}`, ...disabled);
    // The nodes have no way to this machine but through who can enter their network.
    start(program.path, `--listen=${address}`, `--netns=${netns}`, `--connect=${IN_NODE}`);
    addresses.set(node, address);
  }
  return {
    addresses,
    async [Symbol.asyncDispose]() {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    },
  };
}
