import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Pure: the proxy through which Go's HTTP client, and so kubectl, would reach an address; undefined: none.
 * @param chosen proxy-url of the kubeconfig, which overrides the environment and NO_PROXY
 */
export function proxyFor(server: URL, chosen: string | undefined, env: Environment): URL | undefined {
  if (chosen !== undefined) return new URL(chosen);
  const either = (name: string) => env[name] || env[name.toLowerCase()];
  const given = either(server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (!given || isSpared(server, either("NO_PROXY") ?? "")) return undefined;
  const text = given.includes("://") ? given : `http://${given}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Pure: whether NO_PROXY keeps this address from the proxy. This machine is never asked for through one. */
function isSpared(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || isWithin("127.0.0.0/8", host) || host === "::1") return true;
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && matches(entry, host, port));
}

/** `*`; a network; an address or a name, maybe with a port. A name stands for all below it; after a dot, only for those. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isWithin(entry, host);
  const { name, only } = withPort(entry);
  if (only !== undefined && only !== port) return false;
  if (isIP(name) !== 0 || isIP(host) !== 0)
    return isIP(name) !== 0 && isWithin(`${name}/${isIP(name) === 6 ? 128 : 32}`, host);
  const suffix = name.replace(/^\*\./, ".");
  return suffix.startsWith(".") ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function withPort(entry: string): { readonly name: string; readonly only: string | undefined } {
  const match = /^(?:\[(?<bracketed>.*)\]|(?<plain>[^:]*))(?::(?<port>\d+))?$/.exec(entry);
  // An IPv6 address without brackets.
  if (!match) return { name: entry, only: undefined };
  return { name: match.groups?.bracketed ?? match.groups?.plain ?? "", only: match.groups?.port };
}

function isWithin(network: string, host: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32))
    return false;
  const type = family === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
