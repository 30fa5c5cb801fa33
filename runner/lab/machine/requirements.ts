import { access, readFile } from "node:fs/promises";
import { LabError, type ProxyMode } from "../types.ts";
import { command } from "./command.ts";

/** Commands that the lab uses, with Debian's packages for them. */
const packageOf: Record<string, string> = {
  containerd: "containerd",
  runc: "runc",
  iptables: "iptables",
  nft: "nftables",
  conntrack: "conntrack",
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
 * @throws LabError for the first thing that can't be had.
 */
export async function meetRequirements(proxyMode: ProxyMode, update: (detail: string) => void): Promise<void> {
  if (process.platform !== "linux")
    throw new LabError(`the lab needs Linux, and this is ${process.platform}: give another target with --context`);
  if (process.getuid?.() !== 0)
    throw new LabError(
      "the lab needs root (it creates network namespaces, mounts and cgroups): run it with sudo, or give another target with --context",
    );
  update("packages");
  await installPackages(await missingPackages(), update);
  update("kernel");
  await checkKernel(proxyMode);
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
    : (process.env.PATH ?? "").split(":").map((directory) => `${directory}/${name}`);
  for (const candidate of candidates)
    if (
      await access(candidate).then(
        () => true,
        () => false,
      )
    )
      return true;
  return false;
}

async function installPackages(packages: readonly string[], update: (detail: string) => void): Promise<void> {
  if (packages.length === 0) return;
  const install = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  if (!(await isInstalled("apt-get")))
    throw new LabError(
      `the lab needs ${packages.join(", ")} (Debian's names), and there is no apt-get to install them with`,
    );
  update(`installing ${packages.join(", ")}`);
  // RUNLEVEL=1: Debian's invoke-rc.d starts no service in single-user mode, so no containerd of the system's either.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const attempt = () => command("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { env });
  await attempt()
    .catch(async () => {
      update("apt-get update");
      await command("apt-get", ["update", "-q"], { env });
      await attempt();
    })
    .catch((error: Error) => {
      throw new LabError(
        `packages are missing and could not be installed; try it yourself: ${install} (${error.message})`,
      );
    });
}

/** What a kernel of one's own making may lack. Looks only; needs no network namespace. */
async function checkKernel(proxyMode: ProxyMode): Promise<void> {
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
  await tryInNamespace(`what kube-proxy's ${proxyMode} mode needs`, proxyRule[proxyMode]);
}

/** A rule of the kind that kube-proxy writes: address translation that looks at the connection's state. */
const proxyRule: Record<ProxyMode, readonly string[]> = {
  iptables: ["iptables", "-t", "nat", "-A", "OUTPUT", "-m", "conntrack", "--ctstate", "NEW", "-j", "RETURN"],
  nftables: [
    "nft",
    "add table ip check; add chain ip check c { type nat hook output priority -100; }; add rule ip check c ct state new accept",
  ],
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
