import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import { parse, parseAllDocuments, stringify } from "yaml";
import { isNotFound } from "../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../runner/cluster/wait.ts";
import type { OpenLab } from "./shared-lab.ts";

/** A team's namespace, beside that of packetwalk. */
export const TEAM = `${OWN_NAMESPACE}-team`;
/** Where the things of the team's are that it loads or rolls. */
export const SHOP = `${OWN_NAMESPACE}-shop`;

/** Some of the cluster's users. */
export interface Team {
  /** The kubeconfig of one who has what these files in docs/rights give out, and nothing else. */
  userWith(file: string, ...more: string[]): Promise<string>;
  /** Takes all of it away, and waits for the namespace's end. */
  leave(): Promise<void>;
}

interface Rights extends KubernetesObject {
  readonly subjects?: readonly { readonly name: string }[];
}

/** @param labels of the namespace */
export async function team(open: OpenLab, labels: Readonly<Record<string, string>> = {}): Promise<Team> {
  const { cluster: admin, folder } = open;
  const namespace = TEAM;
  const granted: Rights[] = [];
  const remove = async (object: KubernetesObject) => {
    await admin.objects.delete(object).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  };
  const leave = async () => {
    for (const object of granted.splice(0)) await remove(object);
    await admin.core.deleteNamespace({ name: namespace }).catch(() => undefined);
    const gone = () =>
      admin.core.readNamespace({ name: namespace }).then(
        () => undefined,
        () => true,
      );
    await waitFor(`the end of ${namespace}`, gone, { timeoutMs: 120_000 });
  };
  await leave(); // an earlier run's
  await admin.core.createNamespace({ body: { metadata: { name: namespace, labels: { ...labels } } } });
  return {
    async userWith(file, ...more) {
      const objects = [file, ...more].flatMap(rightsIn);
      const name = objects.flatMap(({ subjects = [] }) => subjects)[0]?.name ?? "";
      const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } };
      await remove(account); // the same user with other rights
      await admin.objects.create(account);
      for (const object of objects) {
        await remove(object); // an earlier run's, in a lab that stays
        granted.push(object);
        await admin.objects.create(object);
      }
      const path = join(folder, file);
      writeFileSync(path, await kubeconfigOf(open, name));
      return path;
    },
    leave,
  };
}

/** As docs/own-cluster.md gives them out, for this test file's namespaces. */
function rightsIn(file: string): Rights[] {
  const text = readFileSync(new URL(`../../docs/rights/${file}`, import.meta.url), "utf8")
    .replaceAll("packetwalk", OWN_NAMESPACE)
    .replaceAll("namespace: team", `namespace: ${TEAM}`)
    .replaceAll("namespace: shop", `namespace: ${SHOP}`)
    .replaceAll("namespace: ingress", "namespace: traefik");
  return parseAllDocuments(text).map((each) => each.toJS());
}

async function kubeconfigOf({ lab, cluster: admin }: OpenLab, name: string): Promise<string> {
  const { status } = await admin.core.createNamespacedServiceAccountToken({
    ...{ namespace: TEAM, name },
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  const { users: _, contexts, ...own } = parse(readFileSync(lab.kubeconfigPath, "utf8"));
  const [context] = contexts;
  const users = [{ name, user: { token: status?.token } }];
  return stringify({ ...own, users, contexts: [{ ...context, context: { ...context.context, user: name } }] });
}
