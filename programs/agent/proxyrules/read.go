package proxyrules

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

const subsystem = unix.NFNL_SUBSYS_NFTABLES << 8

const attempts = 10

var errChanged = errors.New("they change while they are listed")

// Destinations lists the addresses to which the rules of the socket's network namespace lead.
//
// google/nftables reads single expressions (rule.go), but does not make the lists: it asks for the
// rules of each chain apart, which takes three times as long with 3 000 Services, and neither tells
// when the rules change meanwhile nor passes on the kernel's error numbers.
func Destinations(conn *netlink.Conn) (map[netip.Addr]bool, error) {
	var err error
	for range attempts {
		var rules *graph
		if rules, err = readUnchanged(conn); err == nil {
			return rules.reachable(), nil
		}
		// A set that is gone was there when the sets were listed.
		if !errors.Is(err, errChanged) && !errors.Is(err, unix.ENOENT) {
			break
		}
	}
	return nil, fmt.Errorf("cannot list the nf_tables rules: %w", err)
}

// readUnchanged refuses a graph that is of no one moment. Each commit makes a new generation.
func readUnchanged(conn *netlink.Conn) (*graph, error) {
	before, err := generation(conn)
	if err != nil {
		return nil, err
	}
	rules, err := read(conn)
	if err != nil {
		return nil, err
	}
	after, err := generation(conn)
	if err == nil && before != after {
		err = errChanged
	}
	return rules, err
}

func generation(conn *netlink.Conn) (id uint32, err error) {
	err = ask(conn, unix.NFT_MSG_GETGEN, 0, unix.AF_UNSPEC, nil, func(_ byte, gen *netlink.AttributeDecoder) error {
		for gen.Next() {
			if gen.Type() == unix.NFTA_GEN_ID {
				id = gen.Uint32()
			}
		}
		return gen.Err()
	})
	return id, err
}

func read(conn *netlink.Conn) (*graph, error) {
	rules := newGraph()
	if err := list(conn, unix.NFT_MSG_GETCHAIN, unix.AF_UNSPEC, nil, rules.addChain); err != nil {
		return nil, err
	}
	if err := list(conn, unix.NFT_MSG_GETRULE, unix.AF_UNSPEC, nil, rules.addRule); err != nil {
		return nil, err
	}
	var maps []place
	err := list(conn, unix.NFT_MSG_GETSET, unix.AF_UNSPEC, nil, func(family byte, attributes *netlink.AttributeDecoder) error {
		set, isVerdictMap, err := parseSet(family, attributes)
		if isVerdictMap {
			maps = append(maps, set)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, each := range maps {
		of := func(e *netlink.AttributeEncoder) {
			e.String(unix.NFTA_SET_ELEM_LIST_TABLE, each.table)
			e.String(unix.NFTA_SET_ELEM_LIST_SET, each.name)
		}
		err := list(conn, unix.NFT_MSG_GETSETELEM, each.family, of, func(_ byte, attributes *netlink.AttributeDecoder) error {
			return rules.addElements(each, attributes)
		})
		if err != nil {
			return nil, err
		}
	}
	return rules, nil
}

type onMessage func(family byte, attributes *netlink.AttributeDecoder) error

func list(conn *netlink.Conn, kind netlink.HeaderType, family byte, fill func(*netlink.AttributeEncoder), each onMessage) error {
	return ask(conn, kind, netlink.Dump, family, fill, each)
}

func ask(conn *netlink.Conn, kind netlink.HeaderType, flags netlink.HeaderFlags, family byte, fill func(*netlink.AttributeEncoder), each onMessage) error {
	request, err := netfilter.Request(subsystem|kind, flags, family, fill)
	if err != nil {
		return err
	}
	answers, err := conn.Execute(request)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		family, attributes, err := netfilter.Attributes(answer)
		if err != nil {
			return err
		}
		if err := each(family, attributes); err != nil {
			return err
		}
	}
	return nil
}

func (g *graph) addChain(family byte, attributes *netlink.AttributeDecoder) error {
	chain, isBase := place{family: family}, false
	for attributes.Next() {
		switch attributes.Type() {
		case unix.NFTA_CHAIN_TABLE:
			chain.table = attributes.String()
		case unix.NFTA_CHAIN_NAME:
			chain.name = attributes.String()
		case unix.NFTA_CHAIN_HOOK:
			isBase = true
		}
	}
	if isBase {
		g.roots = append(g.roots, chain)
	}
	return attributes.Err()
}

func (g *graph) addRule(family byte, attributes *netlink.AttributeDecoder) error {
	chain, rule := place{family: family}, rule{family: family}
	for attributes.Next() {
		switch attributes.Type() {
		case unix.NFTA_RULE_TABLE:
			chain.table = attributes.String()
		case unix.NFTA_RULE_CHAIN:
			chain.name = attributes.String()
		case unix.NFTA_RULE_EXPRESSIONS:
			attributes.Nested(rule.parse)
		}
	}
	for _, name := range rule.chains {
		g.lead(chain, place{chain.family, chain.table, false, name})
	}
	for _, name := range rule.sets {
		g.lead(chain, place{chain.family, chain.table, true, name})
	}
	g.destinations[chain] = append(g.destinations[chain], rule.destinations()...)
	return attributes.Err()
}

func (g *graph) lead(from, to place) { g.leads[from] = append(g.leads[from], to) }

// parseSet tells whether a listed set is a map to verdicts.
func parseSet(family byte, attributes *netlink.AttributeDecoder) (set place, isVerdictMap bool, err error) {
	set = place{family: family, isSet: true}
	for attributes.Next() {
		switch attributes.Type() {
		case unix.NFTA_SET_TABLE:
			set.table = attributes.String()
		case unix.NFTA_SET_NAME:
			set.name = attributes.String()
		case unix.NFTA_SET_DATA_TYPE:
			isVerdictMap = attributes.Uint32() == unix.NFT_DATA_VERDICT
		}
	}
	return set, isVerdictMap, attributes.Err()
}
