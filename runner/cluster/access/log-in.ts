import { KubeConfig } from "@kubernetes/client-node";
import { UsageError } from "../../errors.ts";
import { keepSecret } from "../../secrets.ts";
import { always, basic, bearer, type Credentials, fromHeaders, goneProvider, tokenFile } from "./credentials.ts";
import { type ClusterEntry, pathFrom, type UserEntry } from "./entries.ts";
import { execPlugin, type PluginCluster } from "./exec-plugin.ts";
import { authorityOf, type Chosen } from "./way.ts";

/** The name under which a cluster's entry keeps words for plugins. */
const PLUGIN_EXTENSION = "client.authentication.k8s.io/exec";

/** How a user of the kubeconfig logs in. Of several ways the order is kubectl's: a plugin is run if there is no other. */
export function credentialsOf(
  user: Chosen<UserEntry>,
  cluster: Chosen<ClusterEntry>,
  { server, proxy, signal }: { server: URL; proxy: URL | undefined; signal: AbortSignal | undefined },
): Credentials {
  const { entry, folder } = user;
  const owner = `user "${user.name}" of kubeconfig ${user.file}`;
  const { token, tokenFile: file, username, password } = entry;
  keepSecret(token, password);
  // kubectl sends nobody's credentials unencrypted.
  if (server.protocol !== "https:") return always({ headers: {} });
  const provider = entry["auth-provider"];
  if (provider && provider.name !== "oidc") throw goneProvider(provider.name, owner);
  if ((token || file) && (username || password)) {
    throw new UsageError(`${owner} has both a token and a password; leave one of them`);
  }
  if (file !== undefined) return tokenFile(pathFrom(folder, file), owner, token);
  if (token !== undefined) return always(bearer(token, owner));
  if (username || password) return always(basic(username ?? "", password ?? ""));
  if (entry["client-certificate"] || entry["client-certificate-data"]) return always({ headers: {} });
  if (entry.exec) {
    return execPlugin({ entry: entry.exec, folder, owner, cluster: toldToPlugins(cluster, server, proxy), signal });
  }
  if (provider) return fromHeaders(() => oidcHeaders(user.name, provider), owner);
  return always({ headers: {} });
}

export function impersonationOf({ entry, name, file }: Chosen<UserEntry>): Record<string, string | string[]> {
  const { as, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = entry;
  if (as === undefined) {
    if (uid === undefined && groups.length === 0 && Object.keys(extra).length === 0) return {};
    throw new UsageError(`kubeconfig ${file}, user "${name}": it has as-uid, as-groups or as-user-extra without as`);
  }
  return {
    "Impersonate-User": as,
    ...(uid === undefined ? {} : { "Impersonate-Uid": uid }),
    ...(groups.length === 0 ? {} : { "Impersonate-Group": groups }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
    ),
  };
}

function toldToPlugins(cluster: Chosen<ClusterEntry>, server: URL, proxy: URL | undefined): PluginCluster {
  const { entry } = cluster;
  const authority = authorityOf(cluster);
  const config = entry.extensions.find(({ name }) => name === PLUGIN_EXTENSION)?.extension;
  return {
    server: server.href.replace(/\/$/, ""),
    ...(entry["tls-server-name"] ? { "tls-server-name": entry["tls-server-name"] } : {}),
    ...(entry["insecure-skip-tls-verify"] ? { "insecure-skip-tls-verify": true } : {}),
    ...(authority ? { "certificate-authority-data": Buffer.from(authority, "latin1").toString("base64") } : {}),
    ...(proxy ? { "proxy-url": proxy.href.replace(/\/$/, "") } : {}),
    ...(entry["disable-compression"] ? { "disable-compression": true } : {}),
    config: config ?? null,
  };
}

/** The one auth-provider that is left; the library renews its tokens. */
async function oidcHeaders(
  name: string,
  provider: NonNullable<UserEntry["auth-provider"]>,
): Promise<Record<string, string>> {
  const { config } = provider;
  keepSecret(config?.["id-token"], config?.["refresh-token"], config?.["client-secret"]);
  const library = new KubeConfig();
  library.loadFromClusterAndUser(
    { name: "c", server: "https://unused", skipTLSVerify: false },
    { name, authProvider: { name: "oidc", config } },
  );
  const options: { headers?: Record<string, string> } = {};
  await library.applyToHTTPSOptions(options);
  return options.headers ?? {};
}
