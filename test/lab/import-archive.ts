import { importImage } from "../../runner/lab/node/start-node.ts";
import { labFiles } from "../../runner/lab/paths.ts";
import { readRecord } from "../../runner/lab/record.ts";

/** Gives all nodes of a lab, which can't pull any, the image in an OCI archive. */
export async function importArchive(lab: string, archive: string): Promise<void> {
  const record = await readRecord(labFiles(lab));
  if (record?.state !== "up") throw new Error(`lab ${lab} is not up`);
  for (const { containerdPid } of record.nodes) await importImage(containerdPid, archive);
}
