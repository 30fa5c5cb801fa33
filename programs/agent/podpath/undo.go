package podpath

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
)

// Undo puts back what Set changed, and may meet what was never changed, or is put back already. It gives a sentence for each
// thing that somebody else has changed since, and that is left as it is.
func Undo(before Before) (left []string, err error) {
	var failures []error
	for _, offload := range before.Offloads {
		failures = append(failures, undoOffload(offload))
	}
	// Routes first: with the device would go those that lead through it.
	for _, route := range before.Routes {
		sentence, err := undoRoute(route)
		failures = append(failures, err)
		if sentence != "" {
			left = append(left, sentence)
		}
	}
	if before.Device != "" {
		failures = append(failures, removeVTEP())
	}
	return left, errors.Join(failures...)
}

func undoOffload(offload Offload) error {
	if _, err := netlink.LinkByName(offload.Device); isGone(err) {
		return nil
	}
	return SetTxChecksum(offload.Device, offload.On)
}

func undoRoute(was Route) (left string, err error) {
	cidr, err := netip.ParsePrefix(was.To)
	if err != nil {
		return "", err
	}
	filter := &netlink.Route{Dst: ipNet(cidr), Table: mainTable}
	now, err := netlink.RouteListFiltered(netlink.FAMILY_V4, filter, netlink.RT_FILTER_DST|netlink.RT_FILTER_TABLE)
	if err != nil {
		return "", err
	}
	for _, route := range now {
		if route.Protocol == protocol {
			continue
		}
		link, err := netlink.LinkByIndex(route.LinkIndex)
		if err != nil {
			return "", err
		}
		if described(route, link) == was {
			return "", nil
		}
		return fmt.Sprintf("the route to %s goes by %s by now, and this run had not set it so: left as it is", was.To, link.Attrs().Name), nil
	}
	return "", put(was)
}

func put(was Route) error {
	link, err := netlink.LinkByName(was.Device)
	if err != nil {
		return fmt.Errorf("the route to %s can't be put back on %s: %w", was.To, was.Device, err)
	}
	cidr, err := netip.ParsePrefix(was.To)
	if err != nil {
		return err
	}
	route := &netlink.Route{
		Dst: ipNet(cidr), LinkIndex: link.Attrs().Index, Protocol: netlink.RouteProtocol(was.Protocol),
		Scope: netlink.Scope(was.Scope), Priority: was.Priority, MTU: was.MTU,
		Gw: net.ParseIP(was.Via), Src: net.ParseIP(was.Source),
	}
	if was.Onlink {
		route.Flags = int(netlink.FLAG_ONLINK)
	}
	if err := netlink.RouteReplace(route); err != nil {
		return fmt.Errorf("the route to %s can't be put back: %w", was.To, err)
	}
	return nil
}

// removeVTEP removes our device, and nobody else's of its name.
func removeVTEP() error {
	link, err := netlink.LinkByName(Device)
	if isGone(err) {
		return nil
	}
	if err != nil || !isOurs(link) {
		return err
	}
	return netlink.LinkDel(link)
}
