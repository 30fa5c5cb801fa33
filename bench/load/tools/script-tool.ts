import { fileURLToPath } from "node:url";
import { bundleScript, type Update } from "../programs/build.ts";
import { type Load, type Ready, Reported } from "./tool.ts";

/** A client that is a script of ours around a library, run by this Node: takes the load as JSON, prints a Reported. */
export async function scriptTool<L extends Load>(script: string, update: Update): Promise<Ready<L>> {
  const file = await bundleScript(fileURLToPath(new URL(`../scripts/${script}`, import.meta.url)), update);
  return {
    invoke: (load) => ({ file: process.execPath, args: [file, JSON.stringify(load)] }),
    read: async ({ stdout }) => Reported.parse(JSON.parse(stdout)),
  };
}
