package proxyrules

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// Numbers of include/uapi/linux/netfilter/nf_tables_compat.h and nfnetlink.h that x/sys does not name.
const (
	subsystem = unix.NFNL_SUBSYS_NFTABLES << 8

	targetName     = 1 // NFTA_TARGET_NAME
	targetRevision = 2 // NFTA_TARGET_REV
	targetInfo     = 3 // NFTA_TARGET_INFO
)

const attempts = 10

// Destinations lists the addresses to which the rules of this network namespace lead.
func Destinations(socket *netfilter.Socket) (map[netip.Addr]bool, error) {
	var err error
	for range attempts {
		var rules *graph
		if rules, err = read(socket); err == nil {
			return rules.reachable(), nil
		}
		// A set that is gone was there when the sets were listed.
		if !errors.Is(err, netfilter.ErrChanged) && !errors.Is(err, unix.ENOENT) {
			break
		}
	}
	return nil, fmt.Errorf("cannot list the nf_tables rules: %w", err)
}

func read(socket *netfilter.Socket) (*graph, error) {
	rules := newGraph()
	if err := dump(socket, unix.NFT_MSG_GETCHAIN, unix.AF_UNSPEC, nil, rules.addChain); err != nil {
		return nil, err
	}
	if err := dump(socket, unix.NFT_MSG_GETRULE, unix.AF_UNSPEC, nil, rules.addRule); err != nil {
		return nil, err
	}
	var maps []place
	err := dump(socket, unix.NFT_MSG_GETSET, unix.AF_UNSPEC, nil, func(listed netfilter.Received) {
		if set, isVerdictMap := parseSet(listed); isVerdictMap {
			maps = append(maps, set)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, each := range maps {
		of := func(m *netfilter.Message) {
			m.Text(unix.NFTA_SET_ELEM_LIST_TABLE, each.table)
			m.Text(unix.NFTA_SET_ELEM_LIST_SET, each.name)
		}
		err := dump(socket, unix.NFT_MSG_GETSETELEM, each.family, of, func(listed netfilter.Received) {
			rules.addElements(each, listed.Attributes)
		})
		if err != nil {
			return nil, err
		}
	}
	return rules, nil
}

func dump(socket *netfilter.Socket, kind uint16, family byte, fill func(*netfilter.Message), onMessage func(netfilter.Received)) error {
	request := &netfilter.Message{}
	request.Begin(subsystem|kind, unix.NLM_F_DUMP, family)
	if fill != nil {
		fill(request)
	}
	request.End()
	return socket.Dump(request.Buffer, onMessage)
}

func (g *graph) addChain(listed netfilter.Received) {
	chain, isBase := place{family: listed.Family}, false
	netfilter.EachAttribute(listed.Attributes, func(kind uint16, value []byte) {
		switch kind {
		case unix.NFTA_CHAIN_TABLE:
			chain.table = text(value)
		case unix.NFTA_CHAIN_NAME:
			chain.name = text(value)
		case unix.NFTA_CHAIN_HOOK:
			isBase = true
		}
	})
	if isBase {
		g.roots = append(g.roots, chain)
	}
}

func (g *graph) addRule(listed netfilter.Received) {
	chain := place{family: listed.Family}
	var expressions []byte
	netfilter.EachAttribute(listed.Attributes, func(kind uint16, value []byte) {
		switch kind {
		case unix.NFTA_RULE_TABLE:
			chain.table = text(value)
		case unix.NFTA_RULE_CHAIN:
			chain.name = text(value)
		case unix.NFTA_RULE_EXPRESSIONS:
			expressions = value
		}
	})
	rule := parseRule(expressions)
	for _, name := range rule.chains {
		g.lead(chain, place{chain.family, chain.table, false, name})
	}
	for _, name := range rule.sets {
		g.lead(chain, place{chain.family, chain.table, true, name})
	}
	g.destinations[chain] = append(g.destinations[chain], rule.destinations()...)
}

func (g *graph) lead(from, to place) { g.leads[from] = append(g.leads[from], to) }

func (g *graph) addElements(set place, attributes []byte) {
	netfilter.EachAttribute(attributes, func(kind uint16, list []byte) {
		if kind != unix.NFTA_SET_ELEM_LIST_ELEMENTS {
			return
		}
		netfilter.EachAttribute(list, func(_ uint16, element []byte) {
			netfilter.EachAttribute(element, func(kind uint16, data []byte) {
				if kind != unix.NFTA_SET_ELEM_DATA {
					return
				}
				if chain, _ := parseData(data); chain != "" {
					g.lead(set, place{set.family, set.table, false, chain})
				}
			})
		})
	})
}

// parseSet tells whether a listed set is a map to verdicts.
func parseSet(listed netfilter.Received) (place, bool) {
	set, isVerdictMap := place{family: listed.Family, isSet: true}, false
	netfilter.EachAttribute(listed.Attributes, func(kind uint16, value []byte) {
		switch kind {
		case unix.NFTA_SET_TABLE:
			set.table = text(value)
		case unix.NFTA_SET_NAME:
			set.name = text(value)
		case unix.NFTA_SET_DATA_TYPE:
			isVerdictMap = len(value) == 4 && binary.BigEndian.Uint32(value) == unix.NFT_DATA_VERDICT
		}
	})
	return set, isVerdictMap
}

// rule is what of one rule's expressions matters here.
type rule struct {
	chains   []string     // that it jumps or goes to
	sets     []string     // that it looks up
	loaded   []netip.Addr // values that it loads, where they could be addresses
	rewrites bool         // the destination, to what it loaded
	target   []netip.Addr // of an iptables DNAT target
}

func (r rule) destinations() []netip.Addr {
	if r.rewrites {
		return append(r.target, r.loaded...)
	}
	return r.target
}

func parseRule(expressions []byte) rule {
	var r rule
	netfilter.EachAttribute(expressions, func(_ uint16, expression []byte) {
		var name string
		var data []byte
		netfilter.EachAttribute(expression, func(kind uint16, value []byte) {
			switch kind {
			case unix.NFTA_EXPR_NAME:
				name = text(value)
			case unix.NFTA_EXPR_DATA:
				data = value
			}
		})
		r.add(name, data)
	})
	return r
}

func (r *rule) add(expression string, data []byte) {
	switch expression {
	case "immediate":
		netfilter.EachAttribute(data, func(kind uint16, value []byte) {
			if kind != unix.NFTA_IMMEDIATE_DATA {
				return
			}
			chain, address := parseData(value)
			if chain != "" {
				r.chains = append(r.chains, chain)
			}
			if address.IsValid() {
				r.loaded = append(r.loaded, address)
			}
		})
	case "lookup":
		netfilter.EachAttribute(data, func(kind uint16, value []byte) {
			if kind == unix.NFTA_LOOKUP_SET {
				r.sets = append(r.sets, text(value))
			}
		})
	case "nat":
		netfilter.EachAttribute(data, func(kind uint16, value []byte) {
			if kind == unix.NFTA_NAT_TYPE && len(value) == 4 && binary.BigEndian.Uint32(value) == unix.NFT_NAT_DNAT {
				r.rewrites = true
			}
		})
	case "target":
		r.target = append(r.target, parseTarget(data)...)
	}
}

// parseData reads a verdict's chain, or a value that has the size of an address.
func parseData(data []byte) (chain string, address netip.Addr) {
	netfilter.EachAttribute(data, func(kind uint16, value []byte) {
		switch kind {
		case unix.NFTA_DATA_VALUE:
			address, _ = netip.AddrFromSlice(value)
		case unix.NFTA_DATA_VERDICT:
			netfilter.EachAttribute(value, func(kind uint16, value []byte) {
				if kind == unix.NFTA_VERDICT_CHAIN {
					chain = text(value)
				}
			})
		}
	})
	return chain, address
}

// parseTarget reads the address of an iptables DNAT target: struct nf_nat_ipv4_multi_range_compat
// in revision 0, nf_nat_range{,2} in later ones (include/uapi/linux/netfilter/nf_nat.h). An IPv4
// address in the latter is followed by zeroes, as no IPv6 address of a pod ends.
func parseTarget(data []byte) []netip.Addr {
	var name string
	var revision uint32
	var info []byte
	netfilter.EachAttribute(data, func(kind uint16, value []byte) {
		switch kind {
		case targetName:
			name = text(value)
		case targetRevision:
			if len(value) == 4 {
				revision = binary.BigEndian.Uint32(value)
			}
		case targetInfo:
			info = value
		}
	})
	const flagBytes, addressBytes = 4, 16
	switch {
	case name != "DNAT":
		return nil
	case revision == 0 && len(info) >= 12:
		return []netip.Addr{netip.AddrFrom4([4]byte(info[8:12]))}
	case revision > 0 && len(info) >= flagBytes+addressBytes:
		address := [addressBytes]byte(info[flagBytes:])
		if [12]byte(address[4:]) == [12]byte{} {
			return []netip.Addr{netip.AddrFrom4([4]byte(address[:4]))}
		}
		return []netip.Addr{netip.AddrFrom16(address)}
	}
	return nil
}

func text(value []byte) string {
	for i, each := range value {
		if each == 0 {
			return string(value[:i])
		}
	}
	return string(value)
}
