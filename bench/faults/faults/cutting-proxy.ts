import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Setting } from "../setting.ts";
import type { Fault } from "./fault.ts";
import { byKubeconfig } from "./where.ts";

const EVERY_MS = 10_000;
/** Watches and execs; what is shorter is a request that was just made. */
const OLDER_MS = 5_000;

/** As balancers do that know nothing of long connections. */
export const cuttingProxy: Fault = {
  name: "cutting-proxy",
  does: `a proxy before the API server that cuts watches and execs every ${EVERY_MS / 1000} s`,
  async prepare(setting) {
    const { port, calm, remove } = await proxyTo((await setting.own.record()).apiPort);
    return { where: byKubeconfig(setting, await through(setting, port)), calm, remove };
  },
};

async function through({ own }: Setting, port: number): Promise<string> {
  const kubeconfig = parse(await readFile(own.lab.kubeconfigPath, "utf8"));
  for (const { cluster } of kubeconfig.clusters) cluster.server = `https://127.0.0.1:${port}`;
  const path = join(own.folder, "through-proxy.kubeconfig");
  await writeFile(path, stringify(kubeconfig));
  return path;
}

async function proxyTo(apiPort: number) {
  const open = new Map<Socket, number>();
  const server = createServer((client) => {
    const api = connect(apiPort, "127.0.0.1");
    open.set(client, performance.now());
    const end = () => {
      open.delete(client);
      client.destroy();
      api.destroy();
    };
    for (const socket of [client, api]) socket.on("error", end).on("close", end);
    client.pipe(api).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cutting = setInterval(() => {
    const youngestMs = performance.now() - OLDER_MS;
    for (const [client, sinceMs] of open) if (sinceMs < youngestMs) client.destroy();
  }, EVERY_MS);
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    async calm() {
      clearInterval(cutting);
    },
    async remove() {
      clearInterval(cutting);
      for (const client of open.keys()) client.destroy();
      server.close();
    },
  };
}
