package proxyrules

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// Names that kube-proxy gives to what it keeps (pkg/proxy/iptables, pkg/proxy/nftables).
const (
	iptablesServices = "KUBE-SERVICES"
	iptablesPrefix   = "KUBE-"
	nftablesTable    = "kube-proxy"
	nftablesServices = "service-ips"
	nftablesDead     = "no-endpoint-services"
)

// Census is what of kube-proxy's rules a new connection to a Service is held against.
type Census struct {
	// Mode is how the node's rules lead Services: iptables (over nf_tables), nftables, both, or none.
	Mode string `json:"mode"`
	// Rules are all of kube-proxy's, in all tables.
	Rules int `json:"rules"`
	// NatServices are the addresses that the rules of nat's KUBE-SERVICES ask for, in their order; "" where a rule asks for none.
	NatServices []string `json:"natServices"`
	// FilterServices are the same of filter's chain: Services without endpoints are refused there.
	FilterServices []string `json:"filterServices"`
	// MapServices are the keys of nftables' map of Services, by address, in no order.
	MapServices []string `json:"mapServices"`
	// DeadServices are the same of the map of Services without endpoints.
	DeadServices []string `json:"deadServices"`
}

// Count reads the rules of the calling thread's network namespace.
func Count() (Census, error) {
	conn, err := netfilter.Dial()
	if err != nil {
		return Census{}, err
	}
	defer conn.Close()
	census := Census{}
	for range attempts {
		if census, err = countUnchanged(conn); err == nil || err != errChanged {
			break
		}
	}
	return census, err
}

func countUnchanged(conn *netlink.Conn) (Census, error) {
	before, err := generation(conn)
	if err != nil {
		return Census{}, err
	}
	census, err := count(conn)
	if err != nil {
		return Census{}, err
	}
	after, err := generation(conn)
	if err == nil && before != after {
		err = errChanged
	}
	return census, err
}

func count(conn *netlink.Conn) (Census, error) {
	census := Census{NatServices: []string{}, FilterServices: []string{}, MapServices: []string{}, DeadServices: []string{}}
	iptables, nftables := false, false
	err := list(conn, unix.NFT_MSG_GETRULE, unix.AF_UNSPEC, nil, func(family byte, attributes *netlink.AttributeDecoder) error {
		var table, chain string
		var address string
		for attributes.Next() {
			switch attributes.Type() {
			case unix.NFTA_RULE_TABLE:
				table = attributes.String()
			case unix.NFTA_RULE_CHAIN:
				chain = attributes.String()
			case unix.NFTA_RULE_EXPRESSIONS:
				attributes.Nested(func(expressions *netlink.AttributeDecoder) error {
					asked := destinationAsked{family: family}
					err := eachExpression(expressions, asked.add)
					address = asked.text()
					return err
				})
			}
		}
		switch {
		case table == nftablesTable:
			nftables = true
			census.Rules++
		case strings.HasPrefix(chain, iptablesPrefix):
			census.Rules++
		}
		if chain == iptablesServices && family == unix.AF_INET {
			iptables = true
			switch table {
			case "nat":
				census.NatServices = append(census.NatServices, address)
			case "filter":
				census.FilterServices = append(census.FilterServices, address)
			}
		}
		return attributes.Err()
	})
	if err != nil {
		return census, err
	}
	if nftables {
		for name, into := range map[string]*[]string{nftablesServices: &census.MapServices, nftablesDead: &census.DeadServices} {
			if err := listAddresses(conn, name, into); err != nil {
				return census, err
			}
		}
	}
	census.Mode = modeOf(iptables, nftables)
	return census, nil
}

// listAddresses reads the keys of one of kube-proxy's maps; a version without that map has none in it.
func listAddresses(conn *netlink.Conn, name string, into *[]string) error {
	of := func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_SET_ELEM_LIST_TABLE, nftablesTable)
		e.String(unix.NFTA_SET_ELEM_LIST_SET, name)
	}
	err := list(conn, unix.NFT_MSG_GETSETELEM, unix.AF_INET, of, func(_ byte, attributes *netlink.AttributeDecoder) error {
		return addElements(attributes, into)
	})
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

func modeOf(iptables, nftables bool) string {
	switch {
	case iptables && nftables:
		return "both"
	case iptables:
		return "iptables"
	case nftables:
		return "nftables"
	}
	return "none"
}

func addElements(attributes *netlink.AttributeDecoder, into *[]string) error {
	for attributes.Next() {
		if attributes.Type() != unix.NFTA_SET_ELEM_LIST_ELEMENTS {
			continue
		}
		attributes.Nested(func(elements *netlink.AttributeDecoder) error {
			for elements.Next() {
				elements.Nested(func(element *netlink.AttributeDecoder) error { return addElement(element, into) })
			}
			return nil
		})
	}
	return attributes.Err()
}

// addElement reads the key's address: the key is address . protocol . port, in registers of 4 bytes each.
func addElement(element *netlink.AttributeDecoder, into *[]string) error {
	for element.Next() {
		if element.Type() != unix.NFTA_SET_ELEM_KEY {
			continue
		}
		element.Nested(func(key *netlink.AttributeDecoder) error {
			for key.Next() {
				if value := key.Bytes(); key.Type() == unix.NFTA_DATA_VALUE && len(value) >= 4 {
					if address, isOne := netip.AddrFromSlice(value[:4]); isOne {
						*into = append(*into, address.String())
					}
				}
			}
			return nil
		})
	}
	return nil
}

func eachExpression(expressions *netlink.AttributeDecoder, each func(name string, data []byte) error) error {
	for expressions.Next() {
		expressions.Nested(func(expression *netlink.AttributeDecoder) error {
			var name string
			for expression.Next() {
				switch expression.Type() {
				case unix.NFTA_EXPR_NAME: // comes first (nf_tables_fill_expr_info)
					name = expression.String()
				case unix.NFTA_EXPR_DATA:
					expression.Do(func(data []byte) error { return each(name, data) })
				}
			}
			return nil
		})
	}
	return nil
}

// ipv4Destination is where an IPv4 header has its destination.
const ipv4Destination = 16

// destinationAsked finds the address that a rule compares a packet's destination with.
type destinationAsked struct {
	family byte
	loaded bool
	found  netip.Addr
}

func (d *destinationAsked) add(name string, data []byte) error {
	switch name {
	case "payload":
		var payload expr.Payload
		err := expr.Unmarshal(d.family, data, &payload)
		d.loaded = payload.Base == expr.PayloadBaseNetworkHeader && payload.Offset == ipv4Destination && payload.Len == 4
		return err
	case "cmp":
		var compare expr.Cmp
		if err := expr.Unmarshal(d.family, data, &compare); err != nil {
			return err
		}
		if address, isOne := netip.AddrFromSlice(compare.Data); isOne && d.loaded && compare.Op == expr.CmpOpEq {
			d.found = address
		}
		d.loaded = false
	}
	return nil
}

func (d *destinationAsked) text() string {
	if !d.found.IsValid() {
		return ""
	}
	return d.found.String()
}
