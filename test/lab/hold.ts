import { withLock } from "../../runner/lab/lock.ts";

/**
 * Takes a lock of this machine, for this process; resolves to what gives it back. The end of the process does too.
 * @param whenWaiting called once if another process has it
 */
export function hold(lock: string, whenWaiting: () => void = () => {}): Promise<() => void> {
  return new Promise((taken, fail) => {
    withLock(lock, whenWaiting, () => new Promise<void>((giveBack) => taken(giveBack))).catch(fail);
  });
}

/** What the shared lab has once only, and test files that are at work in it at a time may want. */
export type OneOfTheLab =
  /** The address on the nodes that NodeLocal DNSCache has. */
  | "node-local-address"
  /** The definition of TestRun: where it is, every load by k6 goes by the operator. */
  | "test-run-definition"
  /** The set of IngressClasses and GatewayClasses. */
  | "ingress-classes"
  /** Its nodes: how they reach each other's pods, what room they have, and in which order their rules stand. */
  | "nodes";

/** Takes it for the whole of a test file, to be given back at its end. */
export const holdOfTheLab = (thing: OneOfTheLab): Promise<() => void> => hold(`tests/${thing}`);

/** Works with it while no other test file does. */
export async function whileHolding<T>(thing: OneOfTheLab, work: () => Promise<T>): Promise<T> {
  const giveBack = await holdOfTheLab(thing);
  try {
    return await work();
  } finally {
    giveBack();
  }
}
