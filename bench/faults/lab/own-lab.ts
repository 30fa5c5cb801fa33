/** The bench's own lab, with its own folder of journals: `restore` here must not meet what others' runs left. */
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { EnvironmentError, UsageError } from "../../../runner/errors.ts";
import { findLab, type Lab, labStatus } from "../../../runner/lab/index.ts";
import { unmountBelow } from "../../../runner/lab/machine/mounts.ts";
import { labFiles } from "../../../runner/lab/paths.ts";
import { type RunningRecord, readRecord } from "../../../runner/lab/record.ts";
import { packetwalk } from "../runs/packetwalk.ts";

/** Longer than any answer of an API server that answers. */
const KUBECTL_MS = 60_000;

export interface OwnLab {
  readonly lab: Lab;
  /** Where the bench's runs write. */
  readonly folder: string;
  record(): Promise<RunningRecord>;
  /** @throws if kubectl fails */
  kubectl(...args: string[]): Promise<string>;
}

/** Fixed, so that the next bench finds what a killed one left. */
function rootOf(name: string): string {
  return join(tmpdir(), `packetwalk-bench-${name}`);
}

/** From here on, this process and each packetwalk that it starts have these labs and journals. */
export function useOwnState(name: string): void {
  process.env.XDG_STATE_HOME = join(rootOf(name), "state");
  delete process.env.PACKETWALK_NAMESPACE;
}

/**
 * @param words for `lab up`, beside its name
 * @throws UsageError if somebody else has a lab of that name
 */
export async function ownLabUp(name: string, signal: AbortSignal, words: readonly string[] = []): Promise<OwnLab> {
  if ((await labStatus(name)).state !== "absent") {
    if (!(await readRecord(labFiles(name))))
      throw new UsageError(`--lab ${name}: there is a lab of that name, which is not this bench's; give another name`);
    await ownLabDown(name);
  }
  try {
    const ran = await packetwalk(["lab", "up", "--name", name, ...words], {}, signal).ended;
    signal.throwIfAborted();
    const lab = await findLab(name);
    if (ran.code !== 0 || !lab) throw new EnvironmentError(`lab ${name} does not start: ${ran.lastWords}`);
    return opened(lab);
  } catch (error) {
    await ownLabDown(name);
    throw error;
  }
}

function opened(lab: Lab): OwnLab {
  const record = async () => {
    const read = await readRecord(labFiles(lab.name));
    if (read?.state !== "up") throw new EnvironmentError(`lab ${lab.name} has lost its record`);
    return read;
  };
  return {
    lab,
    folder: join(rootOf(lab.name), "runs"),
    record,
    async kubectl(...args) {
      const { stdout } = await execa(join((await record()).kubernetesDir, "kubectl"), args, {
        env: { KUBECONFIG: lab.kubeconfigPath },
        stdin: "ignore",
        timeout: KUBECTL_MS,
        maxBuffer: 200_000_000,
      });
      return stdout;
    },
  };
}

/** Puts back what runs left in the kernel, and takes the lab down, however far it came up. */
export async function ownLabDown(name: string): Promise<void> {
  const ran = await packetwalk(["lab", "down", "--name", name]).ended;
  if (ran.code !== 0) throw new EnvironmentError(`lab ${name} is left, and so is ${rootOf(name)}: ${ran.lastWords}`);
  // The small disk of a bench that was killed.
  await unmountBelow(rootOf(name));
  await rm(rootOf(name), { recursive: true, force: true });
}
