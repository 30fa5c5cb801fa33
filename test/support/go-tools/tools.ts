/** Real tools that read our files, built of their Go modules into the cache. */
import { fileURLToPath } from "node:url";
import { kubernetesVersion } from "../../../runner/lab/builds/components.ts";
import { buildProgram, type GoProgram, goVersion } from "../../../runner/lab/builds/go.ts";

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const [major = "", minor = ""] = kubernetesVersion.split(".");

const HELM: GoProgram = {
  name: "helm",
  module: folder("helm"),
  package: "helm.sh/helm/v3/cmd/helm",
  // What it takes a cluster for that it does not ask; Helm's own builds name one as well.
  linkerFlags: ["pkg/lint/rules", "pkg/chartutil"]
    .flatMap((name) => [
      `-X helm.sh/helm/v3/${name}.k8sVersionMajor=${major}`,
      `-X helm.sh/helm/v3/${name}.k8sVersionMinor=${minor}`,
    ])
    .join(" "),
  needsBytes: 1.5e9,
};

const KUSTOMIZE: GoProgram = {
  name: "kustomize",
  module: folder("kustomize"),
  package: "sigs.k8s.io/kustomize/kustomize/v5",
  needsBytes: 0.5e9,
};

const build = async (program: GoProgram) =>
  (await buildProgram(program, await goVersion(25, program.name), () => {})).path;

export const helmProgram = () => build(HELM);
export const kustomizeProgram = () => build(KUSTOMIZE);
