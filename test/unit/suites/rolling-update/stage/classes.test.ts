/** A cluster whose ingress and gateway classes may not be listed by whoever runs this. */
import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { openCluster } from "../../../../../runner/cluster/cluster.ts";
import { EnvironmentError } from "../../../../../runner/errors.ts";
import { leftOutWords } from "../../../../../suites/rolling-update/report/words.ts";
import { ClassesForbidden, classesIfAllowed } from "../../../../../suites/rolling-update/stage/paths/classes.ts";
import { answering, api } from "../../../cluster/servers/api.ts";

const FORBIDDEN = 'ingressclasses.networking.k8s.io is forbidden: User "tester" cannot list resource';

async function asked(status: number, message: string) {
  await using server = await api({
    answer: answering(({ path }) =>
      path.endsWith("/ingressclasses")
        ? { status, body: { kind: "Status", status: "Failure", code: status, message } }
        : { status: 200, body: { items: [] } },
    ),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "x" });
  return await classesIfAllowed(await openCluster(kubeconfig));
}

test("there are none then, and it is said by whose word", async () => {
  const { classes, leftOut } = await asked(403, FORBIDDEN);
  expect(classes).toEqual([]);
  expect(leftOut.map(({ path, why }) => leftOutWords(path, why))).toEqual([
    `paths through the cluster's own classes were left out: the cluster's IngressClasses can't be listed: HTTP 403 ${FORBIDDEN}`,
  ]);
});

test("any other trouble is trouble: what is not known is not taken to be absent", async () => {
  const trouble = asked(422, "unprocessable");
  await expect(trouble).rejects.toBeInstanceOf(EnvironmentError);
  await expect(trouble).rejects.not.toBeInstanceOf(ClassesForbidden);
  await expect(trouble).rejects.toThrow("the cluster's IngressClasses can't be listed: HTTP 422 unprocessable");
});
