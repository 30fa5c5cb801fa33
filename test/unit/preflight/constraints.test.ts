/** What preflight says of OpenShift, where a dry run as the user says more than a Job's service account may. */
import { expect, test } from "vitest";
import { lentBy } from "../../../runner/cluster/cluster.ts";
import { dryRunPods } from "../../../runner/preflight/dry-run.ts";
import { openAt } from "../cli/simulated-here.ts";
import { answering, api, type JsonReply, refusal } from "../cluster/servers/api.ts";

const REVIEWS = "/apis/security.openshift.io/v1/namespaces/team/podsecuritypolicysubjectreviews";

async function asked(review: JsonReply, there = true) {
  const bodies: unknown[] = [];
  await using server = await api({
    answer: answering(({ method, path, body }) => {
      if (path === REVIEWS) bodies.push(body);
      if (path === REVIEWS) return review;
      if (method === "POST") return { status: 201, body: { metadata: {} } };
      return { status: 200, body: { items: [], resources: [] } };
    }),
  });
  const cluster = await openAt(server.url);
  const admissions = await dryRunPods(there ? lentBy(cluster, "team") : cluster, there, "busybox:1");
  return { admissions, bodies };
}

test("a load pod is accepted by constraints that allow it to its service account, without a user of ours", async () => {
  const { admissions, bodies } = await asked({
    status: 201,
    body: { status: { allowedBy: { name: "restricted-v2" } } },
  });
  expect(admissions).toEqual({ agent: { state: "accepted" }, load: { state: "accepted" } });
  const [{ spec }] = bodies as [{ spec: { template: { spec: Record<string, unknown> } } }];
  expect(spec.template.spec).toMatchObject({ serviceAccountName: "default", securityContext: { runAsNonRoot: true } });
  expect(JSON.stringify(spec)).not.toContain("runAsUser");
  // Nothing but the account: the user's own constraints are not the Job's.
  expect(Object.keys(spec)).toEqual(["template"]);
});

test.each<[string, JsonReply, string, RegExp]>([
  [
    "constraints that allow it to nobody",
    { status: 201, body: { status: { reason: "CantAssignSecurityContextConstraintProvider" } } },
    "refused",
    /^no SecurityContextConstraints allow them to service account default of namespace team: CantAssign/,
  ],
  [
    "a user who may not ask",
    refusal(403, 'User "dev" cannot create resource "podsecuritypolicysubjectreviews"'),
    "unknown",
    /can't be asked: HTTP 403 .*podsecuritypolicysubjectreviews/,
  ],
])("%s: that is said, though the dry run as the user was accepted", async (_, review, state, says) => {
  const { load } = (await asked(review)).admissions;
  expect(load).toMatchObject({ state, says: expect.stringMatching(says) });
});

test("of a namespace that is not there yet nothing is claimed", async () => {
  const { admissions, bodies } = await asked({ status: 201, body: {} }, false);
  expect(admissions.agent.state).toBe("unknown");
  expect(admissions.load).toMatchObject({ state: "unknown", says: expect.stringContaining("is not there yet") });
  expect(bodies).toEqual([]);
});
