import { fileURLToPath } from "node:url";
import type { GoProgram } from "./go.ts";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const kubernetesVersion = "1.34.4";
export const corednsVersion = "1.12.4";

const versionFlags = Object.entries({
  gitVersion: `v${kubernetesVersion}`,
  gitMajor: "1",
  gitMinor: "34",
  gitTreeState: "clean",
}).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);

export const kubernetes: GoProgram = {
  name: "kubernetes",
  module: folder("../components/kubernetes"),
  linkerFlags: versionFlags.join(" "),
  needsBytes: 5e9,
};

export const coredns: GoProgram = {
  name: "coredns",
  module: folder("../components/coredns"),
  linkerFlags: `-X github.com/coredns/coredns/coremain.GitCommit=v${corednsVersion}`,
  needsBytes: 2e9,
};

export const relay: GoProgram = { name: "relay", module: folder("../components/relay"), needsBytes: 0.2e9 };

export const agent: GoProgram = {
  name: "packetwalk-agent",
  module: folder("../../../programs/agent"),
  needsBytes: 0.3e9,
};

/** k6 with packetwalk's extension and output. Needs Go 1.25; built from nothing: 75 s on 2 cores, 51 MB. */
export const k6: GoProgram = {
  name: "packetwalk-k6",
  module: folder("../../../programs/k6"),
  replacedBy: [folder("../../../programs/agent")],
  needsBytes: 1.5e9,
};
