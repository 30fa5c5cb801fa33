import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { clusterDomains } from "../../../../runner/cli/rehearse-domains.ts";
import { openCluster } from "../../../../runner/cluster/cluster.ts";
import { readPlan } from "../../../../runner/rehearsal/plan/read.ts";
import { type Beyond, beyondTargets, isWithin } from "../../../../runner/rehearsal/run/beyond-targets.ts";
import { answering, api } from "../../cluster/servers/api.ts";

const plan = readPlan(
  "plan.yaml",
  `name: names
targets:
  - name: dns
    owned: true
    names: [db.shop, db.shop.svc, "{n}.shop.svc.corp.internal", pay.example.com, cache.shop, db.shop., web]
traffic: { perMinute: 60, for: 1m, newConnections: 1 }
during: [{ at: 1s, for: 1s, lookup-storm: { perSecond: 1, owned: true, names: [CORP.internal.] } }]
slos: [{ drops: 0 }]
`,
);

const COREFILE = `example.com:53 {
    forward . 10.0.0.1
}
.:53 {
    kubernetes corp.internal in-addr.arpa ip6.arpa {
        pods insecure
    }
}
`;

/** An API with one Service, shop/db, and the cluster's DNS. @param corefile undefined: it may not be read */
async function read(corefile: string | undefined, change?: Partial<typeof plan>): Promise<Beyond> {
  await using server = await api({
    answer: answering(({ path }) => {
      if (path.startsWith("/api/v1/nodes")) return { status: 200, body: { items: [] } };
      if (path === "/api/v1/namespaces/shop/services/db")
        return { status: 200, body: { spec: { clusterIP: "10.96.3.4" } } };
      if (path === "/api/v1/namespaces/kube-system/services")
        return { status: 200, body: { items: [{ spec: { clusterIP: "10.96.0.10" } }] } };
      if (path.endsWith("/configmaps/coredns") && corefile !== undefined)
        return { status: 200, body: { data: { Corefile: corefile } } };
      const code = path.includes("configmaps") ? 403 : 404;
      return { status: code, body: { kind: "Status", status: "Failure", code } };
    }),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "x" });
  const cluster = await openCluster(kubeconfig);
  return await beyondTargets(cluster, { ...plan, ...change }, await clusterDomains(cluster));
}

test("names are the cluster's under its domain and where a Service has them; all others leave it", async () => {
  const { lookups, dns, domains } = await read(COREFILE);
  expect(domains).toEqual(["corp.internal"]);
  expect(dns).toBe("10.96.0.10:53");
  expect(lookups.map(({ of, name, outside }) => [of, name, outside])).toEqual([
    // No Service is called cache; an absolute name is not looked for on the search list, and one word alone may be anybody's.
    ["target", "dns", ["pay.example.com", "cache.shop", "db.shop.", "web"]],
    ["event", "lookup-storm at 1s", []],
  ]);
});

test("where the Corefile can't be read, the domain is the usual one", async () => {
  const { lookups, domains } = await read(undefined);
  expect(domains).toEqual(["cluster.local"]);
  expect(lookups.map(({ outside }) => outside)).toEqual([
    ["{n}.shop.svc.corp.internal", "pay.example.com", "cache.shop", "db.shop.", "web"],
    ["CORP.internal."],
  ]);
});

test("a script's hosts lead to Services, to addresses, or to nobody knows where", async () => {
  const hosts = ["db.shop.svc.corp.internal:5432", "db.shop:80", "10.1.2.3:443", "no-such-name.invalid:80"] as const;
  const script = { ...{ name: "buy", weight: 1, file: "a.js", exec: null, script: "", env: {}, secretEnv: [] }, hosts };
  const { scripts, dns } = await read(COREFILE, { targets: [{ ...script, kind: "k6", owned: true }], events: [] });
  expect(dns).toBeNull();
  expect(scripts.flatMap((each) => each.hosts)).toEqual([
    { host: "db.shop.svc.corp.internal:5432", address: "10.96.3.4:5432", namespace: "shop" },
    { host: "db.shop:80", address: "10.96.3.4:80", namespace: "shop" },
    { host: "10.1.2.3:443", address: "10.1.2.3:443", namespace: null },
    { host: "no-such-name.invalid:80", address: null, namespace: null },
  ]);
});

test.each([
  ["kubernetes.default.svc.cluster.local", true],
  ["Kubernetes.Default.SVC.cluster.local.", true],
  ["cluster.local", true],
  ["evilcluster.local", false],
  ["cluster.local.example.com", false],
])("%s is within cluster.local: %s", (name, is) => {
  expect(isWithin(name, ["cluster.local"])).toBe(is);
});
