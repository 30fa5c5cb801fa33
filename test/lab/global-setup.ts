import { rm } from "node:fs/promises";
import { lookupPrograms } from "../../runner/lab/builds/lookup.ts";
import { labDown } from "../../runner/lab/index.ts";
import { meetRequirements } from "../../runner/lab/machine/requirements.ts";
import { silent } from "../../runner/progress.ts";
import { labsOnThisMachine, leftovers, machineSnapshot } from "../support/machine-snapshot.ts";
import { hold } from "./hold.ts";
import { BORROWED_LAB, isOfTests, ROOT, STATE_HOME } from "./names.ts";

/** Says within this process, in which each project has modules of its own, that the other one's setup has been here. */
const BEGUN = "PACKETWALK_LAB_TESTS_BEGUN";

/**
 * The life of the tests' labs: what a killed run left goes first, the first test file that needs the shared one starts it
 * (shared-lab.ts), and at the end all go, and the machine has to be what it was before. Both projects of lab tests ask for it:
 * it is one life. It begins before anything else of the run, whose processes would be in the machine's picture otherwise.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (BORROWED_LAB !== undefined || process.env[BEGUN] !== undefined) return undefined;
  process.env[BEGUN] = "yes";
  const release = await hold("tests", () => {
    console.log("Waiting for the end of another run of lab tests on this machine");
  });
  await removeLabs();
  await installWhatStays();
  const before = await machineSnapshot(await labsOnThisMachine());
  return async () => {
    try {
      await removeLabs();
      const left = await leftovers(before);
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

/** What tests would install from Debian. */
async function installWhatStays(): Promise<void> {
  for (const proxyMode of ["iptables", "nftables"] as const) await meetRequirements(proxyMode, "ipv4", () => {});
  await lookupPrograms(() => {});
}
