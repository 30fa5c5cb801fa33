import { CLUSTER_SEARCH, externalQueries } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { compares } from "../proofs.ts";

const DOTS = 2;
const USUAL_NDOTS = 5;

export const nodeSearch = defineCheck({
  name: "node-search",
  hop: "client-pod",
  title: "a node's own domains in the search list of its pods",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, search }): Found[] => {
      const own = "seen" in search ? search.seen : [];
      if (own.length === 0) return [];
      const [queries, usual] = [
        externalQueries(DOTS, USUAL_NDOTS, CLUSTER_SEARCH + own.length),
        externalQueries(DOTS, USUAL_NDOTS),
      ];
      return [
        {
          severity: "info",
          subject: `node ${name}`,
          value: `search ${own.join(" ")}`,
          readFrom: "the resolv.conf that its kubelet gives to pods",
          consequence: `pods have it after the cluster's three domains: a name outside is ${queries} queries at ndots 5, where ${usual} would do; those for the node's domains go to the upstream`,
          remedy: {
            tuning: "ndots-2",
            words: "kubelet's resolvConf with a file without search; else ndots 2, or a final dot",
          },
          proof: compares("ndots-2"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, search }) => unread(name, "the node's resolv.conf", search)),
});
