package proxyrules

import (
	"slices"
	"testing"

	"packetwalk.dev/agent/isolated"
)

// Services as kube-proxy writes them: each has a rule in nat, or one in filter where it has no endpoint.
const manyServices = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-SVC-A - [0:0]
:KUBE-SVC-B - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "a" -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-B
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-SVC-B
-A KUBE-SVC-A -s 10.96.0.20/32 -j RETURN
COMMIT
*filter
:KUBE-SERVICES - [0:0]
-A FORWARD -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.30/32 -p tcp -m tcp --dport 80 -j REJECT
COMMIT
`

func census(t *testing.T) Census {
	t.Helper()
	counted, err := Count()
	if err != nil {
		t.Fatal(err)
	}
	return counted
}

func TestCensusOfIptables(t *testing.T) {
	isolated.Require(t)
	run(t, "flush ruleset\n", "nft", "-f", "-")
	if got := census(t); got.Mode != "none" || got.Rules != 0 {
		t.Errorf("of no rules: %+v", got)
	}
	run(t, manyServices, "iptables-nft-restore")
	got := census(t)
	if got.Mode != "iptables" || got.Rules != 5 {
		t.Errorf("mode %q with %d rules", got.Mode, got.Rules)
	}
	if want := []string{"10.96.0.20", "10.96.0.10", ""}; !slices.Equal(got.NatServices, want) {
		t.Errorf("in nat, in their order: %q", got.NatServices)
	}
	if want := []string{"10.96.0.30"}; !slices.Equal(got.FilterServices, want) {
		t.Errorf("in filter: %q", got.FilterServices)
	}
}

func TestCensusOfNftables(t *testing.T) {
	isolated.Require(t)
	run(t, "flush ruleset\n", "nft", "-f", "-")
	run(t, nftablesRules, "nft", "-f", "-")
	run(t, "add element ip kube-proxy service-ips { 10.96.0.21 . tcp . 80 : goto service-a }\n", "nft", "-f", "-")
	got := census(t)
	slices.Sort(got.MapServices)
	if want := []string{"10.96.0.20", "10.96.0.21"}; got.Mode != "nftables" || !slices.Equal(got.MapServices, want) {
		t.Errorf("mode %q, in the map: %q", got.Mode, got.MapServices)
	}
	run(t, "add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }; add element ip kube-proxy no-endpoint-services { 10.96.0.30 . tcp . 80 : goto service-a }\n", "nft", "-f", "-")
	if got := census(t); !slices.Equal(got.DeadServices, []string{"10.96.0.30"}) {
		t.Errorf("without endpoints: %q", got.DeadServices)
	}
	if len(got.NatServices) != 0 {
		t.Errorf("in nat: %q", got.NatServices)
	}
}
