import { defineCheck, firstThatSees } from "../check.ts";
import { hasKernelTable, tableAsConfigured, tableOfItsOwn } from "../tables.ts";
import { conntrackTableInForce } from "./conntrack-table-in-force.ts";

const asConfigured = defineCheck({
  name: "conntrack-table",
  hop: "conntrack",
  title: "how many connections a second a node's table takes before it is full",
  reads: ["nodes", "proxy"],
  find({ nodes, proxy }, { rate }) {
    if (proxy.kind === "replaced") return nodes.length === 0 ? [] : [tableOfItsOwn(proxy)];
    return tableAsConfigured(nodes.filter(hasKernelTable), proxy, rate);
  },
});

export const conntrackTable = firstThatSees(conntrackTableInForce, asConfigured);
