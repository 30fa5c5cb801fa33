/** The one way to join a host with a port: an IPv6 address stands in brackets, also one that has them already (RFC 3986). */
export function hostPort(host: string, port: number | string): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return bare.includes(":") ? `[${bare}]:${port}` : `${bare}:${port}`;
}
