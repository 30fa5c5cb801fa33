package proxyrules

import (
	"net"
	"net/netip"

	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"github.com/mdlayher/netlink"
)

// rule is what of one rule's expressions matters here.
type rule struct {
	family   byte
	chains   []string     // that it jumps or goes to
	sets     []string     // that it looks up
	loaded   []netip.Addr // values that it loads, where they could be addresses
	rewrites bool         // the destination, to what it loaded
	target   []netip.Addr // of an iptables DNAT target
}

func (r *rule) destinations() []netip.Addr {
	if r.rewrites {
		return append(r.target, r.loaded...)
	}
	return r.target
}

func (r *rule) parse(expressions *netlink.AttributeDecoder) error {
	return eachExpression(expressions, r.add)
}

func (r *rule) add(name string, data []byte) error {
	switch name {
	case "immediate":
		return r.addImmediate(data)
	case "lookup":
		var lookup expr.Lookup
		err := expr.Unmarshal(r.family, data, &lookup)
		r.sets = append(r.sets, lookup.SetName)
		return err
	case "nat":
		var nat expr.NAT
		err := expr.Unmarshal(r.family, data, &nat)
		r.rewrites = r.rewrites || nat.Type == expr.NATTypeDestNAT
		return err
	case "target":
		return r.addTarget(data)
	}
	return nil
}

// addImmediate reads a value that has the size of an address, or a verdict's chain.
func (r *rule) addImmediate(data []byte) error {
	var value expr.Immediate
	if err := expr.Unmarshal(r.family, data, &value); err != nil {
		return err
	}
	if address, isOne := netip.AddrFromSlice(value.Data); isOne {
		r.loaded = append(r.loaded, address)
	}
	var verdict expr.Verdict
	err := expr.Unmarshal(r.family, data, &verdict)
	if verdict.Chain != "" {
		r.chains = append(r.chains, verdict.Chain)
	}
	return err
}

// addTarget reads the address of an iptables DNAT target, in any of its revisions. The kernel accepts
// one of exactly one range (xt_nat_checkentry_v0).
func (r *rule) addTarget(data []byte) error {
	var target expr.Target
	err := expr.Unmarshal(r.family, data, &target)
	if target.Name != "DNAT" {
		return nil // whether or not the library knows all about it
	}
	var address net.IP
	switch info := target.Info.(type) {
	case *xt.NatIPv4MultiRangeCompat:
		address = (*info)[0].MinIP
	case *xt.NatRange:
		address = info.MinIP
	case *xt.NatRange2:
		address = info.MinIP
	}
	if parsed, isOne := netip.AddrFromSlice(address); isOne {
		r.target = append(r.target, parsed.Unmap())
	}
	return err
}
