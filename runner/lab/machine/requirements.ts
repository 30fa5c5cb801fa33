import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../../errors.ts";
import { goVersion } from "../builds/go.ts";
import { hasIpv6 } from "../families.ts";
import { type IpFamily, LabError, type ProxyMode } from "../types.ts";
import { aptGet } from "./apt.ts";
import { command, searchPath } from "./command.ts";
import { exists } from "./files.ts";

/** Commands that the lab uses, with Debian's packages for them. */
const packageOf: Record<string, string> = {
  containerd: "containerd",
  runc: "runc",
  iptables: "iptables",
  nft: "nftables",
  ip: "iproute2",
  openssl: "openssl",
  nsenter: "util-linux",
  unshare: "util-linux",
  setpriv: "util-linux",
  sysctl: "procps",
  mount: "mount",
  tar: "tar",
  hostname: "hostname",
  "/usr/lib/cni/ptp": "containernetworking-plugins",
  "/usr/lib/cni/host-local": "containernetworking-plugins",
};

/**
 * Checks that this machine can hold a lab, and installs the Debian packages that it lacks.
 * @param proxyMode kube-proxy's; null: there is none
 * @throws LabError for the first thing that can't be had.
 */
export async function meetRequirements(
  proxyMode: ProxyMode | null,
  ipFamily: IpFamily,
  update: (detail: string) => void,
): Promise<void> {
  if (process.platform !== "linux")
    throw new LabError(`the lab needs Linux, and this is ${process.platform}: give another target with --context`);
  if (process.getuid?.() !== 0)
    throw new LabError(
      "the lab needs root (it creates network namespaces, mounts and cgroups): run it with sudo, or give another target with --context",
    );
  // Before anything is installed that is of no use without it.
  await goVersion();
  update("packages");
  await installPackages(await missingPackages(), update);
  const still = await missingPackages();
  if (still.length > 0)
    throw new LabError(`the lab needs what Debian has in ${still.join(", ")}, and installing it did not help`);
  update("kernel");
  await checkKernel(proxyMode);
  if (hasIpv6(ipFamily)) await checkIpv6(proxyMode);
}

async function missingPackages(): Promise<string[]> {
  const missing = new Set<string>();
  for (const [name, debianPackage] of Object.entries(packageOf))
    if (!(await isInstalled(name))) missing.add(debianPackage);
  return [...missing];
}

async function isInstalled(name: string): Promise<boolean> {
  const candidates = name.startsWith("/")
    ? [name]
    : searchPath()
        .split(":")
        .map((directory) => join(directory, name));
  for (const candidate of candidates) if (await exists(candidate)) return true;
  return false;
}

/**
 * @param services of theirs that are not to be started
 * @throws LabError where apt-get is not there, or refuses
 */
export async function installPackages(
  packages: readonly string[],
  update: (detail: string) => void,
  services: readonly string[] = ["containerd.service"],
): Promise<void> {
  if (packages.length === 0) return;
  const install = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  if (!(await isInstalled("apt-get"))) {
    throw new LabError(
      `the lab needs ${packages.join(", ")} (Debian's names), and there is no apt-get to install them with`,
    );
  }
  const apt = (...args: string[]) =>
    aptGet(args, {
      // RUNLEVEL: in single-user mode Debian's packages start no service.
      env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
      onLine: (line) => update(`installing ${packages.join(", ")}: ${line}`),
    });
  const attempt = () => apt("install", "-y", "-q", "--no-install-recommends", ...packages);
  try {
    await withoutServices(services, () => attempt().catch(() => apt("update", "-q").then(attempt)));
  } catch (error) {
    throw new LabError(
      `packages are missing and can't be installed here; try it yourself: ${install} (${reasonOf(error)})`,
    );
  }
}

/** Where systemd runs, a package's service is started unless it is masked; this mask would not survive a restart. */
async function withoutServices(services: readonly string[], work: () => Promise<unknown>): Promise<void> {
  const systemd = await exists("/run/systemd/system");
  if (systemd) await command("systemctl", ["mask", "--runtime", ...services]);
  try {
    await work();
  } finally {
    if (systemd) await command("systemctl", ["unmask", "--runtime", ...services]);
  }
}

/** What a kernel of one's own making may lack. Looks only; needs no network namespace. */
async function checkKernel(proxyMode: ProxyMode | null): Promise<void> {
  const filesystems = await readFile("/proc/filesystems", "utf8");
  if (!/\tcgroup2?$/m.test(filesystems)) throw new LabError("this kernel has no cgroups, and pods need them");
  await tryInNamespace("virtual Ethernet pairs", [
    "ip",
    "link",
    "add",
    "pw-check0",
    "type",
    "veth",
    "peer",
    "name",
    "pw-check1",
  ]);
  await tryInNamespace("Ethernet bridges", ["ip", "link", "add", "pw-check0", "type", "bridge"]);
  if (proxyMode !== null) await tryInNamespace(`what kube-proxy's ${proxyMode} mode needs`, proxyRule[proxyMode]);
}

/** For a lab with two families. */
async function checkIpv6(proxyMode: ProxyMode | null): Promise<void> {
  if (!(await exists("/proc/net/if_inet6")))
    throw new LabError(
      "this kernel has no IPv6 (CONFIG_IPV6; or it is switched off by ipv6.disable=1 on its command line): start the lab without --ip-family",
    );
  if (proxyMode === null) return;
  const { lacks, rule } = ipv6Rule[proxyMode];
  await tryInNamespace(`what kube-proxy's ${proxyMode} mode needs for IPv6 (${lacks})`, rule);
}

/** A rule of the kind that kube-proxy writes: address translation that looks at the connection's state. */
const proxyRule: Record<ProxyMode, readonly string[]> = {
  iptables: ["iptables", "-t", "nat", "-A", "OUTPUT", "-m", "conntrack", "--ctstate", "NEW", "-j", "RETURN"],
  nftables: [
    "nft",
    "add table ip check; add chain ip check c { type nat hook output priority -100; }; add rule ip check c ct state new accept",
  ],
};

/** The same for IPv6, with the kernel's options for it. */
const ipv6Rule: Record<ProxyMode, { readonly lacks: string; readonly rule: readonly string[] }> = {
  iptables: {
    lacks: "CONFIG_IP6_NF_IPTABLES and CONFIG_IP6_NF_NAT, or CONFIG_NF_TABLES_IPV6",
    rule: ["ip6tables", "-t", "nat", "-A", "OUTPUT", "-m", "conntrack", "--ctstate", "NEW", "-j", "RETURN"],
  },
  nftables: {
    lacks: "CONFIG_NF_TABLES_IPV6",
    rule: [
      "nft",
      "add table ip6 check; add chain ip6 check c { type nat hook output priority -100; }; add rule ip6 check c ct state new accept",
    ],
  },
};

/** Each in a throw-away network namespace, which is gone with the command. */
async function tryInNamespace(what: string, args: readonly string[]): Promise<void> {
  await command("unshare", ["--net", "--", ...args]).catch((error: Error) => {
    throw new LabError(`this machine lacks ${what}, which the lab needs (${error.message})`);
  });
}

/** Without this capability a process can neither raise its hard limits nor lower its OOM score. */
export async function hasCapSysResource(): Promise<boolean> {
  const status = await readFile("/proc/self/status", "utf8");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return (effective & (1n << 24n)) !== 0n;
}
