import { describe, expect, it } from "vitest";
import { parseCorefile } from "../../../../runner/doctor/corefile.ts";
import { forwardsOf } from "../../../../runner/rehearsal/run/capacity.ts";

const BLOCKS = parseCorefile(`
.:53 {
    kubernetes cluster.local in-addr.arpa ip6.arpa
    forward . /etc/resolv.conf {
        max_concurrent 1000
    }
    cache 30
}
partner.example:53 {
    forward . 10.0.0.9 {
        max_concurrent 10
    }
}
open.example:53 {
    forward . 10.0.0.9
}
`);

describe("what CoreDNS may forward at once", () => {
  const of = (...names: string[]) => {
    const asked = names.map((name) => ({ name, share: 1 / names.length }));
    return forwardsOf(BLOCKS, asked, 2, 2);
  };

  it("is by the block whose zone is the longest that a name ends in, in all its pods", () => {
    expect(of("{n}.partner.example.")).toEqual({
      ...{ zone: "partner.example:53", atOnce: 20, upstreamDelayS: null, missShare: 1 },
    });
    expect(of("{n}.elsewhere.example.")).toMatchObject({ zone: ".:53", atOnce: 2000 });
    expect(of("{n}.notpartner.example.")).toMatchObject({ zone: ".:53" });
  });

  it("is that of the block with the least room for its share", () => {
    expect(of("{n}.partner.example.", "{n}.elsewhere.example.")).toMatchObject({
      ...{ zone: "partner.example:53", missShare: 0.5 },
    });
  });

  it("is no limit where a block has none, for names that a cache knows, and for the cluster's own", () => {
    expect(of("{n}.shop.svc.cluster.local.")).toBeNull();
    expect(of("{n}.open.example.")).toBeNull();
    expect(of("www.partner.example.")).toBeNull();
  });
});
