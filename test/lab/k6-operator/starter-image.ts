import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { addBusybox } from "../../../runner/lab/images/busybox.ts";
import { copyDebianPrograms, debianVersion } from "../../../runner/lab/images/debian.ts";
import { cachedImage, type Image } from "../../../runner/lab/images/images.ts";
import { importArchive } from "../import-archive.ts";

/** Gives a lab's nodes, which can't pull any, the image that a TestRun's starter turns out to ask for. */
export async function supplyStarterImage(cluster: Cluster, lab: string, testRun: string): Promise<void> {
  const at = { name: `${testRun}-starter`, namespace: OWN_NAMESPACE };
  const job = await waitFor(
    "the operator's starter",
    () =>
      cluster.batch.readNamespacedJob(at).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    { timeoutMs: 120_000 },
  );
  await giveStarterImage(lab, job.spec?.template.spec?.containers[0]?.image ?? "");
}

/** @param reference what pods call it */
export async function giveStarterImage(lab: string, reference: string): Promise<void> {
  await importArchive(lab, (await starterImage(reference)).archive);
}

/** What the k6-operator's starter needs, a shell and curl, as Debian packages them, under the name that the operator asks for. */
async function starterImage(reference: string): Promise<Image> {
  await debianVersion("curl", "the starter's image", () => {}); // brings apt's lists where there are none
  return cachedImage(reference, { entrypoint: ["/bin/sh"] }, async (root, work) => {
    await copyDebianPrograms("curl", ["usr/bin/curl"], root, work);
    await addBusybox(root, work, ["sh"]);
  });
}
