/** Has all put back after a fault, and says who did it. */
import { join } from "node:path";
import { dump, journals, settled } from "../dump/dump.ts";
import type { HealedBy, Outcome } from "../report/outcome.ts";
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
  const { own } = setting;
  if (!elsewhere) return restore(setting);
  const args = ["--kubeconfig", own.lab.kubeconfigPath];
  const there = await restore(setting, args, { env: { XDG_STATE_HOME: join(own.folder, "another-machine") } });
  if (there.left.length > 0) return there;
  const here = await restore(setting);
  return { ...here, problems: [...there.problems, ...here.problems] };
}

async function restore(setting: Setting, args: readonly string[] = [], ways: Ways = {}): Promise<Healed> {
  const { own, before, signal } = setting;
  const { code, lastWords } = await packetwalk(["restore", ...args], ways, signal).ended;
  const { left } = await settled(own, before, SETTLES_MS, signal);
  const kept = args.length === 0 ? await journals() : [];
  return found(setting, [...left, ...kept], "restore", null, code === 0 ? [] : [`restore: exit ${code}: ${lastWords}`]);
}

/** Nobody does anything: the cluster has to help itself. */
export async function unaided(setting: Setting, killedAtMs: number): Promise<Healed> {
  const { own, before, signal } = setting;
  const { left, atMs } = await settled(own, before, UNAIDED_MS, signal);
  const seconds = left.length === 0 ? (atMs - killedAtMs) / 1000 : null;
  // The journal on the machine of the run is all that is left then.
  const restored = await restore(setting);
  const problems = left.map((line) => `nobody put back within ${UNAIDED_MS / 1000} s: ${line}`);
  return { ...restored, healedBy: left.length === 0 ? "cluster" : restored.healedBy, healedSeconds: seconds, problems };
}

async function found(
  setting: Setting,
  left: readonly string[],
  by: HealedBy,
  healedSeconds: number | null,
  problems: readonly string[],
): Promise<Healed> {
  if (left.length > 0) setting.before = await dump(setting.own).catch(() => setting.before);
  return { left, healedBy: left.length === 0 ? by : null, healedSeconds, problems };
}
