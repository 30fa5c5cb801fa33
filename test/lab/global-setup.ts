import { readFile, rm } from "node:fs/promises";
import { labDown } from "../../runner/lab/index.ts";
import { withLock } from "../../runner/lab/lock.ts";
import { silent } from "../../runner/progress.ts";
import { labsOnThisMachine, leftovers, type MachineSnapshot } from "./machine-snapshot.ts";
import { BORROWED_LAB, isOfTests, MACHINE_BEFORE, ROOT, STATE_HOME } from "./names.ts";

/**
 * The shared lab's life: what a killed run left goes first, the first test file that needs the lab starts it (shared-lab.ts),
 * and at the end it goes, and the machine has to be what it was before.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (BORROWED_LAB !== undefined) return undefined;
  const release = await alone();
  await removeLabs();
  return async () => {
    try {
      const before = await machineBefore();
      await removeLabs();
      const left = before ? await leftovers(before) : [];
      if (left.length === 0) return;
      process.exitCode = 1;
      throw new Error(`after the lab tests the machine is not as before:\n${left.join("\n")}`);
    } finally {
      release();
    }
  };
}

/** Waits until no other test run on this machine is at work in labs. */
function alone(): Promise<() => void> {
  return new Promise((begin, fail) => {
    const waiting = () => console.log("Waiting for the end of another run of lab tests on this machine");
    const over = () => new Promise<void>((release) => begin(release));
    withLock("tests", waiting, over).catch(fail);
  });
}

async function removeLabs(): Promise<void> {
  const usual = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = STATE_HOME;
  try {
    for (const name of (await labsOnThisMachine()).filter(isOfTests)) await labDown(name, silent);
  } finally {
    if (usual === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = usual;
  }
  await rm(ROOT, { recursive: true, force: true });
}

/** Undefined if no test used the shared lab. */
async function machineBefore(): Promise<MachineSnapshot | undefined> {
  const text = await readFile(MACHINE_BEFORE, "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
