import { readFile, rm } from "node:fs/promises";
import { labDown } from "../../runner/lab/index.ts";
import { silent } from "../../runner/progress.ts";
import { hold } from "./hold.ts";
import { labsOnThisMachine, leftovers, type MachineSnapshot } from "./machine-snapshot.ts";
import { BORROWED_LAB, isOfTests, MACHINE_BEFORE, ROOT, STATE_HOME } from "./names.ts";

/** Says within this process, in which each project has modules of its own, that the other one's setup has been here. */
const BEGUN = "PACKETWALK_LAB_TESTS_BEGUN";

/**
 * The shared lab's life: what a killed run left goes first, the first test file that needs the lab starts it (shared-lab.ts),
 * and at the end it goes, and the machine has to be what it was before. Both projects of lab tests ask for it: it is one life.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (BORROWED_LAB !== undefined || process.env[BEGUN] !== undefined) return undefined;
  process.env[BEGUN] = "yes";
  const release = await hold("tests", () => {
    console.log("Waiting for the end of another run of lab tests on this machine");
  });
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
