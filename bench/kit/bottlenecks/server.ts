/** A server of the bench's own as the user's workload: Service shop/web, one pod on node2. */
import { loadImage } from "../../../runner/lab/index.ts";
import { silent } from "../../../runner/progress.ts";
import type { OwnLab } from "../../faults/lab/own-lab.ts";
import { applied, read } from "./apply.ts";

/** @param script of servers/ */
export async function deployServer(
  lab: OwnLab,
  script: string,
  environment: Readonly<Record<string, number>>,
): Promise<() => Promise<void>> {
  const image = await loadImage(lab.lab.name, "node", silent);
  const env = Object.entries(environment).map(([name, value]) => ({ name, value: String(value) }));
  await applied(lab, read("manifests/server.yaml"), {
    IMAGE: image,
    SCRIPT: script,
    ENVIRONMENT: JSON.stringify(env),
    SOURCE: JSON.stringify(read(`servers/${script}`)),
  });
  await lab.kubectl("-n", "shop", "rollout", "status", "deployment/web", "--timeout=50s");
  return async () => {
    await lab.kubectl("delete", "namespace", "shop", "--timeout=50s");
  };
}
