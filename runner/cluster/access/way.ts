import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AgentOptions } from "node:https";
import { createSecureContext } from "node:tls";
import { reasonOf, UsageError } from "../../errors.ts";
import { keepSecret } from "../../secrets.ts";
import { type ClusterEntry, pathFrom, type UserEntry } from "./entries.ts";
import { proxyFor } from "./proxy.ts";
import { systemRoots } from "./system-roots.ts";

/** An entry of the kubeconfig that was chosen, and how messages call it. */
export interface Chosen<Entry> {
  readonly entry: Entry;
  readonly name: string;
  readonly file: string;
  readonly folder: string;
}

/** @throws UsageError if the address is none */
export function serverOf({ entry: { server = "" }, name, file }: Chosen<ClusterEntry>): URL {
  // As kubectl: plain HTTP where it does not say otherwise.
  const text = server.includes("://") ? server : `http://${server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url;
  throw new UsageError(`kubeconfig ${file}, cluster "${name}": its server is not an http:// or https:// address`);
}

/** @throws UsageError if proxy-url is none of the proxies that kubectl knows */
export function proxyOf({ entry, name, file }: Chosen<ClusterEntry>, server: URL): URL | undefined {
  const chosen = entry["proxy-url"];
  if (chosen !== undefined && !URL.canParse(chosen)) {
    throw new UsageError(`kubeconfig ${file}, cluster "${name}": its proxy-url is not an address`);
  }
  const proxy = proxyFor(server, chosen, process.env);
  if (proxy === undefined || ["http:", "https:", "socks5:", "socks5h:"].includes(proxy.protocol)) return proxy;
  const where =
    chosen === undefined ? "the proxy of the environment" : `kubeconfig ${file}, cluster "${name}": its proxy-url`;
  throw new UsageError(`${where} is of the kind ${proxy.protocol}//; http://, https:// and socks5:// are known`);
}

/** Certificates, ours and the server's. @throws UsageError if one can't be read */
export function tlsOf(cluster: Chosen<ClusterEntry>, user: Chosen<UserEntry>): AgentOptions {
  const name = cluster.entry["tls-server-name"];
  const ca = pem(cluster, `cluster "${cluster.name}"`, "certificate-authority");
  if (ca !== undefined) assertCertificates(ca, cluster);
  const pair = clientPair(user);
  return {
    ...(cluster.entry["insecure-skip-tls-verify"] ? { rejectUnauthorized: false } : { ca: ca ?? systemRoots() }),
    ...(name === undefined ? {} : { servername: name }),
    ...pair,
  };
}

/** PEM of the server's CA, which plugins are told; undefined: the machine's. */
export function authorityOf(cluster: Chosen<ClusterEntry>): string | undefined {
  return pem(cluster, `cluster "${cluster.name}"`, "certificate-authority");
}

function clientPair(user: Chosen<UserEntry>): { cert: string; key: string } | undefined {
  const owner = `user "${user.name}"`;
  const cert = pem(user, owner, "client-certificate");
  if (cert === undefined) return undefined;
  const key = pem(user, owner, "client-key");
  if (key === undefined)
    throw new UsageError(`kubeconfig ${user.file}, ${owner}: its client-certificate has no client-key`);
  keepSecret(user.entry["client-key-data"]);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new UsageError(
      `kubeconfig ${user.file}, ${owner}: its client-certificate and client-key can't be used: ${reasonOf(error)}`,
    );
  }
  return { cert, key };
}

type Held = { readonly [Field in `${string}-data`]?: unknown };

/** What stands in a field's `-data` in Base64, or in the file that it names: as kubectl, in this order. */
function pem<Field extends "certificate-authority" | "client-certificate" | "client-key">(
  {
    entry,
    file,
    folder,
  }: Chosen<
    Held & { readonly [F in Field]?: string | undefined } & { readonly [F in `${Field}-data`]?: string | undefined }
  >,
  owner: string,
  field: Field,
): string | undefined {
  const data = entry[`${field}-data`];
  if (typeof data === "string") return Buffer.from(data, "base64").toString("latin1");
  const path = entry[field];
  if (path === undefined) return undefined;
  const absolute = pathFrom(folder, path);
  try {
    return readFileSync(absolute, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`kubeconfig ${file}, ${owner}: its ${field} ${absolute} can't be read (${code})`);
  }
}

function assertCertificates(ca: string, { name, file }: Chosen<ClusterEntry>): void {
  try {
    new X509Certificate(ca);
  } catch {
    throw new UsageError(`kubeconfig ${file}, cluster "${name}": its certificate-authority is not a certificate`);
  }
}
