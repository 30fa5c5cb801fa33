package proxyrules

import (
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// chainOfElement is where a listed element of a verdict map names the chain that it leads to
// (include/uapi/linux/netfilter/nf_tables.h).
var chainOfElement = []uint16{
	unix.NFTA_SET_ELEM_LIST_ELEMENTS, unix.NFTA_LIST_ELEM,
	unix.NFTA_SET_ELEM_DATA, unix.NFTA_DATA_VERDICT, unix.NFTA_VERDICT_CHAIN,
}

func (g *graph) addElements(set place, attributes *netlink.AttributeDecoder) error {
	return eachAt(chainOfElement, attributes, func(chain string) {
		g.lead(set, place{set.family, set.table, false, chain})
	})
}

// eachAt gives every text at a path of attributes within attributes.
func eachAt(path []uint16, attributes *netlink.AttributeDecoder, found func(text string)) error {
	for attributes.Next() {
		switch {
		case attributes.Type() != path[0]:
		case len(path) == 1:
			found(attributes.String())
		default:
			attributes.Nested(func(inner *netlink.AttributeDecoder) error { return eachAt(path[1:], inner, found) })
		}
	}
	return attributes.Err()
}
