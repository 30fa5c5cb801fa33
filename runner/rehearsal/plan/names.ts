/** Names of things of Kubernetes and of DNS, as a plan writes them. */

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const NAMESPACED = new RegExp(`^(?<namespace>${LABEL})/(?<name>${SUBDOMAIN})$`);
const SERVICE = new RegExp(`^(?<namespace>${LABEL})/(?<name>${LABEL})(:(?<port>[a-z0-9-]+))?$`);
const HOST = new RegExp(`^${SUBDOMAIN}$`);
/** Resolvers are also asked for names with underscores, and for absolute ones. */
const LOOKUP = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i;

export function namespaced(text: string): { readonly namespace: string; readonly name: string } | undefined {
  const { namespace, name } = NAMESPACED.exec(text)?.groups ?? {};
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

export function isNamespace(text: string): boolean {
  return new RegExp(`^${LABEL}$`).test(text);
}

export interface ServiceName {
  readonly namespace: string;
  readonly service: string;
  readonly port: number | string | null;
}

export function serviceName(text: string): ServiceName | undefined {
  const { namespace, name, port } = SERVICE.exec(text)?.groups ?? {};
  if (namespace === undefined || name === undefined) return undefined;
  if (port === undefined) return { namespace, service: name, port: null };
  if (!/^\d+$/.test(port)) return isPortName(port) ? { namespace, service: name, port } : undefined;
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { namespace, service: name, port: number } : undefined;
}

/** RFC 6335: a letter at least, and no hyphen at an end or beside another. */
function isPortName(text: string): boolean {
  return text.length <= 15 && /[a-z]/.test(text) && !/^-|-$|--/.test(text);
}

export function isHost(text: string): boolean {
  return text.length <= 253 && HOST.test(text) && !/^[\d.]+$/.test(text);
}

const HOST_PORT = /^(?<name>[^:]+)(:(?<port>\d{1,5}))?$/;
const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** NAME:PORT of a host that a plan names, or an IPv4 address; without a port HTTP's two. Undefined: it is none. */
export function hostPorts(text: string): readonly string[] | undefined {
  const { name = "", port } = HOST_PORT.exec(text)?.groups ?? {};
  if (!isHost(name) && !IPV4.test(name)) return undefined;
  if (port === undefined) return [`${name}:80`, `${name}:443`];
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? [`${name}:${number}`] : undefined;
}

/** May hold {n}, for a part that no two look-ups share. */
export function isLookup(withParts: string): boolean {
  const text = withParts.replaceAll("{n}", "n");
  return text.length <= 254 && LOOKUP.test(text);
}

export function isNodeName(text: string): boolean {
  return text.length <= 253 && HOST.test(text);
}

/** The value of a label. */
export function isZone(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text);
}
