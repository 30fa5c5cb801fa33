/** Has all put back after a fault, and says who did it. */
import { join } from "node:path";
import { journals, settled } from "../dump/dump.ts";
import type { Outcome } from "../report/outcome.ts";
import type { Setting } from "../setting.ts";
import { packetwalk, type Ways } from "./packetwalk.ts";

type Healed = Pick<Outcome, "left" | "healedBy" | "healedSeconds" | "problems">;

/** Namespaces end, kube-proxy follows, a node that was away is taken back. */
const SETTLES_MS = 90_000;
/** Agents wait for 120 s, the keeper for 300 s; then a namespace has to go. */
const UNAIDED_MS = 600_000;

/** After a run that ended by itself: it should have put all back, or said what it could not. */
export async function afterRun(setting: Setting, stderr: string): Promise<Healed> {
  const { own, before, signal } = setting;
  const { left } = await settled(own, before, SETTLES_MS, signal);
  const open = [...left, ...(await journals())];
  if (open.length === 0) return { left: [], healedBy: "run", healedSeconds: null, problems: [] };
  const said = /put back|restore/i.test(stderr);
  const restored = await restore(setting);
  const problems = said ? [] : [`it did not say that it left ${open.length} things, e.g. ${open[0]}`];
  return { ...restored, problems: [...problems, ...restored.problems] };
}

/** @param elsewhere first as from another machine, which has no journal of it */
export async function aided(setting: Setting, elsewhere: boolean): Promise<Healed> {
  if (!elsewhere) return restore(setting);
  const { folder, lab } = setting.own;
  const ways = { env: { XDG_STATE_HOME: join(folder, "another-machine") } };
  const there = await restore(setting, ["--kubeconfig", lab.kubeconfigPath], ways);
  // The run's own machine has its journal still.
  const here = await restore(setting);
  const notThere = there.left.map((line) => `restore from another machine left it: ${line}`);
  return { ...here, problems: [...there.problems, ...notThere, ...here.problems] };
}

/** Nobody does anything: the cluster has to help itself. */
export async function unaided(setting: Setting, killedAtMs: number): Promise<Healed> {
  const { own, before, signal } = setting;
  const { left, atMs } = await settled(own, before, UNAIDED_MS, signal);
  // The journal on the run's machine is all that is left then.
  const restored = await restore(setting);
  const notHealed = left.map((line) => `nobody put it back within ${UNAIDED_MS / 1000} s: ${line}`);
  const problems = [...notHealed, ...restored.problems];
  if (left.length > 0) return { ...restored, problems };
  return { ...restored, problems, healedBy: "cluster", healedSeconds: (atMs - killedAtMs) / 1000 };
}

async function restore(setting: Setting, args: readonly string[] = [], ways: Ways = {}): Promise<Healed> {
  const { own, before, signal } = setting;
  const { code, lastWords } = await packetwalk(["restore", ...args], ways, signal).ended;
  const { left: differing } = await settled(own, before, SETTLES_MS, signal);
  const left = [...differing, ...(args.length === 0 ? await journals() : [])];
  const problems = code === 0 ? [] : [`restore: exit ${code}: ${lastWords}`];
  return { left, healedBy: left.length === 0 ? "restore" : null, healedSeconds: null, problems };
}
