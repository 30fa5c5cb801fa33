import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeWhole } from "../machine/files.ts";

/** Writes a kubeconfig that holds its credentials itself, so that it can be copied anywhere. */
export async function writeKubeconfig(
  path: string,
  pki: string,
  { server, user, context }: { server: string; user: string; context: string },
): Promise<void> {
  const base64 = async (file: string) => (await readFile(join(pki, file))).toString("base64");
  const [authority, certificate, key] = await Promise.all([
    base64("ca.crt"),
    base64(`${user}.crt`),
    base64(`${user}.key`),
  ]);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": authority } }],
    users: [{ name: user, user: { "client-certificate-data": certificate, "client-key-data": key } }],
    contexts: [{ name: context, context: { cluster: context, user } }],
    "current-context": context,
  };
  await writeWhole(path, stringify(config), 0o600);
}
