import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { Access } from "./access/access.ts";
import { ClusterEntry, ContextEntry, entryOf, UserEntry } from "./access/entries.ts";
import { inCluster, isInCluster } from "./access/in-cluster.ts";
import { credentialsOf, impersonationOf } from "./access/log-in.ts";
import { merged } from "./access/merge.ts";
import { type Found, type KubeconfigParts, readKubeconfigFile } from "./access/read-file.ts";
import { type Chosen, proxyOf, serverOf, tlsOf } from "./access/way.ts";

/** One file; several as in KUBECONFIG, of which some may be missing; or none: the service account of the pod that this is. */
export type KubeconfigFiles = string | readonly string[];

/**
 * Reads a kubeconfig as kubectl does, and picks a context.
 * @param signal ends a credential plugin that is running
 * @throws UsageError naming the file and what is wrong in it
 */
export function loadKubeconfig(files: KubeconfigFiles, context: string | undefined, signal?: AbortSignal): Access {
  const { parts, name } = partsOf(files);
  const wanted = contextOf(parts, context, name);
  const { entry, found } = wanted;
  if (entry.cluster === undefined) {
    throw new UsageError(`kubeconfig ${found.file}, context "${wanted.name}": it names no cluster`);
  }
  const cluster = chosen(ClusterEntry, parts.clusters, "cluster", entry.cluster, wanted);
  const user: Chosen<UserEntry> =
    entry.user === undefined
      ? { entry: UserEntry.parse({}), name: "", file: found.file, folder: found.folder }
      : chosen(UserEntry, parts.users, "user", entry.user, wanted);
  if (cluster.entry.server === undefined) {
    throw new UsageError(`kubeconfig ${found.file}, context "${wanted.name}": its cluster has no server address`);
  }
  const server = serverOf(cluster);
  const proxy = proxyOf(cluster, server);
  const way = {
    server,
    proxy,
    tls: server.protocol === "https:" ? tlsOf(cluster, user) : {},
    credentials: credentialsOf(user, cluster, { server, proxy, signal }),
    impersonation: impersonationOf(user),
  };
  return new Access(way, {
    clusters: [
      {
        name: cluster.name,
        server: server.href.replace(/\/$/, ""),
        // Or the library would refuse plain HTTP.
        skipTLSVerify: server.protocol === "http:",
        ...(proxy ? { proxyUrl: proxy.href.replace(/^socks5:/, "socks5h:") } : {}),
      },
    ],
    users: [{ name: user.name }],
    contexts: [
      {
        name: wanted.name,
        cluster: cluster.name,
        user: user.name,
        ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
      },
    ],
    currentContext: wanted.name,
  });
}

/**
 * The kubeconfig that kubectl would use, as absolute paths.
 * @throws UsageError if there is none
 */
export function defaultKubeconfig(): KubeconfigFiles {
  const named = (process.env.KUBECONFIG ?? "").split(delimiter).filter((each) => each !== "");
  const files = [...new Set(named.map((each) => resolve(each)))];
  if (files.length === 0) files.push(resolve(process.env.HOME || homedir(), ".kube", "config"));
  if (files.some(existsSync)) return files;
  if (isInCluster()) return [];
  const where = named.length > 0 ? `${files.join(" and ")} (KUBECONFIG)` : files[0];
  throw new UsageError(`there is no kubeconfig at ${where}; name one with --kubeconfig FILE`);
}

function partsOf(files: KubeconfigFiles): { readonly parts: KubeconfigParts; readonly name: string } {
  if (typeof files !== "string" && files.length === 0) return { parts: inCluster(), name: "of the service account" };
  const present = typeof files === "string" ? [files] : files.filter(existsSync);
  const name = (present.length > 0 ? present : [files].flat()).join(delimiter);
  if (present.length === 0) throw new UsageError(`kubeconfig ${name} does not exist; name one with --kubeconfig FILE`);
  const read = present.map(readKubeconfigFile).filter((each) => each !== undefined);
  if (read.length === 0) throw new UsageError(`kubeconfig ${name} is empty; name another one with --kubeconfig FILE`);
  return { parts: merged(read), name };
}

interface ChosenContext {
  readonly name: string;
  readonly entry: ContextEntry;
  readonly found: Found;
}

function contextOf(parts: KubeconfigParts, asked: string | undefined, file: string): ChosenContext {
  const names = [...parts.contexts.keys()].sort();
  const choices = names.length > 0 ? `it has: ${names.join(", ")}` : "it has no contexts";
  const name = asked ?? parts.currentContext;
  if (name === undefined) {
    throw new UsageError(`kubeconfig ${file} has no current-context (${choices}); choose one with --context NAME`);
  }
  const found = parts.contexts.get(name);
  if (!found) {
    throw new UsageError(`kubeconfig ${file} has no context "${name}" (${choices}); choose one with --context NAME`);
  }
  return { name, found, entry: entryOf(ContextEntry, `context "${name}"`, found) };
}

function chosen<Entry>(
  schema: Parameters<typeof entryOf<Entry>>[0],
  all: ReadonlyMap<string, Found>,
  kind: "cluster" | "user",
  name: string,
  context: ChosenContext,
): Chosen<Entry> {
  const found = all.get(name);
  if (!found) {
    const names = [...all.keys()].sort().join(", ") || "none";
    throw new UsageError(
      `kubeconfig ${context.found.file}, context "${context.name}": there is no ${kind} "${name}" (there is: ${names})`,
    );
  }
  return { entry: entryOf(schema, `${kind} "${name}"`, found), name, file: found.file, folder: found.folder };
}
