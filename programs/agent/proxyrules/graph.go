// Package proxyrules tells to which addresses a node's nf_tables rules lead new connections. Both
// ways in which kube-proxy keeps them there are understood: iptables over nf_tables, and nftables.
package proxyrules

import "net/netip"

// place is a chain or a set of one table.
type place struct {
	family byte
	table  string
	isSet  bool
	name   string
}

// graph says where rules lead: from a chain to others, directly or by way of a verdict map, and
// from a chain to the destinations that it rewrites to.
type graph struct {
	roots        []place // chains that the kernel itself calls
	leads        map[place][]place
	destinations map[place][]netip.Addr
}

func newGraph() *graph {
	return &graph{leads: map[place][]place{}, destinations: map[place][]netip.Addr{}}
}

// reachable gives every destination that some packet could be led to. A chain that nothing leads
// to any more does not count: kube-proxy removes those later, at its leisure.
func (g *graph) reachable() map[netip.Addr]bool {
	found := map[netip.Addr]bool{}
	seen := make(map[place]bool, len(g.leads))
	open := append([]place(nil), g.roots...)
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		for _, address := range g.destinations[at] {
			found[address] = true
		}
		open = append(open, g.leads[at]...)
	}
	return found
}
