package lookups

import (
	"fmt"
	"net/netip"
	"testing"

	"packetwalk.dev/agent/dnsupstream"
	"packetwalk.dev/agent/internal/getaddrinfo"
)

const clusterSearch = "nameserver 127.0.0.1\nsearch own.svc.cluster.local svc.cluster.local cluster.local\n"

// world is what exists: two Services, and a name outside.
func world() dnsupstream.Zone {
	address := []netip.Addr{netip.MustParseAddr("192.0.2.1")}
	return dnsupstream.Zone{Origin: "shop.test", Records: map[string][]netip.Addr{
		"web.own.svc.cluster.local":   address,
		"web.other.svc.cluster.local": address,
		"api.shop.test":               address,
		"shop.test":                   address,
	}}
}

// TestQueriesPerLookup counts, at a server, what one look-up costs: A and AAAA of each name that is
// tried. The search list's rules are resolv.conf(5)'s; musl has no second try of a name with enough
// dots.
func TestQueriesPerLookup(t *testing.T) {
	helpers := map[string]string{"glibc": getaddrinfo.Helper(t, "glibc"), "musl": getaddrinfo.Helper(t, "musl")}
	const api, missing = "api.shop.test", "missing.shop.test"
	for _, each := range []struct {
		libc    string
		options string
		name    string
		queries int64
		outcome Outcome
	}{
		{"glibc", "ndots:5", api, 8, OK},
		{"glibc", "ndots:2", api, 2, OK},
		{"glibc", "ndots:1", api, 2, OK},
		{"glibc", "ndots:5", api + ".", 2, OK},
		{"glibc", "ndots:5", "web", 2, OK},
		{"glibc", "ndots:2", "web", 2, OK},
		{"glibc", "ndots:5", "web.other", 4, OK},
		{"glibc", "ndots:2", "web.other", 4, OK},
		{"glibc", "ndots:1", "web.other", 6, OK},
		{"glibc", "ndots:5", "web.other.svc", 6, OK},
		{"glibc", "ndots:2", "web.other.svc", 8, OK},
		{"glibc", "ndots:5", "web.other.svc.cluster.local", 8, OK},
		{"glibc", "ndots:2", "web.other.svc.cluster.local", 2, OK},
		{"glibc", "ndots:5", "shop.test", 8, OK},
		{"glibc", "ndots:2", "shop.test", 8, OK},
		{"glibc", "ndots:1", "shop.test", 2, OK},
		{"glibc", "ndots:5", missing, 8, NXDomain},
		{"glibc", "ndots:2", missing, 8, NXDomain},
		{"glibc", "ndots:5 single-request-reopen", api, 8, OK},
		{"glibc", "ndots:5 single-request", api, 8, OK},
		{"musl", "ndots:5", api, 8, OK},
		{"musl", "ndots:2", api, 2, OK},
		{"musl", "ndots:5", api + ".", 2, OK},
		{"musl", "ndots:5", "web", 2, OK},
		{"musl", "ndots:5", "web.other.svc", 6, OK},
		{"musl", "ndots:2", "web.other.svc", 2, NXDomain},
		{"musl", "ndots:5", missing, 8, NXDomain},
		{"musl", "ndots:2", missing, 2, NXDomain},
		{"musl", "ndots:5 single-request-reopen", api, 8, OK},
	} {
		t.Run(fmt.Sprintf("%s/%s/%s", each.libc, each.options, each.name), func(t *testing.T) {
			helper := startUnder(t, helpers[each.libc], clusterSearch+"options "+each.options+"\n", 1)
			server := serve(t, dnsupstream.Faults{})
			answer, err := helper.LookUp(each.name)
			if err != nil {
				t.Fatal(err)
			}
			if how := OutcomeOf(answer, defaultTimeout); how != each.outcome {
				t.Errorf("it ended as %s (%+v), want %s", how, answer, each.outcome)
			}
			if got := total(server.State()); got != each.queries {
				t.Errorf("%d queries, want %d: %+v", got, each.queries, server.State().Queries)
			}
		})
	}
}

// serve gives the world's server, at the address that the tests' resolv.conf names.
func serve(t *testing.T, faults dnsupstream.Faults) *dnsupstream.Server {
	t.Helper()
	server := dnsupstream.New(world(), faults)
	stop, err := server.Listen("127.0.0.1:53", func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return server
}

func total(state dnsupstream.State) (queries int64) {
	for _, each := range state.Queries {
		queries += each.Queries
	}
	return queries
}
