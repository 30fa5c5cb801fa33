import { existsSync, readFileSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import { parseDocument } from "yaml";
import { UsageError } from "../errors.ts";

/**
 * Reads a kubeconfig and picks a context.
 * @throws UsageError naming the file, and the line where the YAML breaks or the context that is missing.
 */
export function loadKubeconfig(file: string, context: string | undefined): KubeConfig {
  if (!existsSync(file)) throw new UsageError(`kubeconfig ${file} does not exist; name one with --kubeconfig FILE`);
  const text = readFileSync(file, "utf8");
  const yaml = parseDocument(text);
  const broken = yaml.errors[0];
  if (broken) {
    const line = broken.linePos?.[0].line ?? 1;
    throw new UsageError(`kubeconfig ${file}, line ${line}: ${broken.message.split("\n")[0]}; mend the file`);
  }
  const kubeconfig = new KubeConfig();
  try {
    kubeconfig.loadFromFile(file);
  } catch (error) {
    throw new UsageError(
      `kubeconfig ${file} cannot be read as a kubeconfig: ${error instanceof Error ? error.message : error}`,
    );
  }
  const wanted = context ?? kubeconfig.getCurrentContext();
  if (!wanted) throw new UsageError(`kubeconfig ${file} has no current-context; choose one with --context NAME`);
  if (!kubeconfig.getContextObject(wanted)) {
    const names = kubeconfig.getContexts().map((each) => each.name);
    const choices = names.length > 0 ? `it has: ${names.join(", ")}` : "it has no contexts";
    throw new UsageError(`kubeconfig ${file} has no context "${wanted}" (${choices}); choose one with --context NAME`);
  }
  kubeconfig.setCurrentContext(wanted);
  const cluster = kubeconfig.getCurrentCluster();
  if (!cluster?.server)
    throw new UsageError(`kubeconfig ${file}, context "${wanted}": its cluster has no server address`);
  return kubeconfig;
}

/** The kubeconfig that kubectl would use. */
export function defaultKubeconfigFile(): string {
  const fromEnvironment = process.env.KUBECONFIG?.split(":").find((each) => each !== "");
  return fromEnvironment ?? `${process.env.HOME ?? "/root"}/.kube/config`;
}
