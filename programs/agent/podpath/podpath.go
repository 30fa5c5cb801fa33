// Package podpath chooses which path a node's packets take to the pods of other nodes: direct routes, or a VXLAN device
// programmed as Flannel's backend does it (one VTEP a node, its peers' entries in fdb and neighbour table, a route to each
// peer's pods by way of the peer's VTEP). What was there before can be put back. IPv4 only.
package podpath

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const (
	Direct = "direct"
	VXLAN  = "vxlan"

	// Device is our VTEP. Its alias says that it is ours: another one of that name is left alone.
	Device = "packetwalk.vx"
	alias  = "packetwalk: goes with the run that made it"
	// vni is none of Flannel's (1), Calico's (4096) or Cilium's; the port is the kernel's and Flannel's.
	vni  = 28791
	port = 8472
	// Overhead of an IPv4 packet in VXLAN: outer IPv4, UDP, VXLAN, and the inner Ethernet header.
	Overhead = 20 + 8 + 8 + 14
	// protocol marks our routes, in the range that ip-route(8) leaves to whoever wants it.
	protocol netlink.RouteProtocol = 119
)

// Peer is another node: its own address, and the range of its pods' addresses.
type Peer struct {
	Address netip.Addr   `json:"address"`
	PodCIDR netip.Prefix `json:"podCidr"`
}

// Spec is what a node is to do.
type Spec struct {
	// Path is direct or vxlan; empty: as it is.
	Path  string `json:"path"`
	Self  Peer   `json:"self"`
	Peers []Peer `json:"peers"`
	// TxChecksum of the tunnel device that leads to the peers, as ethtool's tx-checksum-ip-generic; nil: as it is.
	TxChecksum *bool `json:"txChecksum,omitempty"`
}

// Route is one as it was, as far as it has to be known to put it back.
type Route struct {
	To       string `json:"to"`
	Via      string `json:"via"` // empty: on the link
	Device   string `json:"device"`
	Onlink   bool   `json:"onlink"`
	Source   string `json:"source"`
	Protocol int    `json:"protocol"`
	Scope    int    `json:"scope"`
	Priority int    `json:"priority"`
	MTU      int    `json:"mtu"`
}

// Offload is a device's tx-checksum-ip-generic.
type Offload struct {
	Device string `json:"device"`
	On     bool   `json:"on"`
}

// Before is what Set changes, as it was.
type Before struct {
	// Device that is made; empty: none.
	Device   string    `json:"device"`
	Routes   []Route   `json:"routes"`
	Offloads []Offload `json:"offloads"`
}

// Nothing says that there is nothing to change.
func (b Before) Nothing() bool { return b.Device == "" && len(b.Routes) == 0 && len(b.Offloads) == 0 }

// Plan gives what Set will change; it changes nothing.
func Plan(spec Spec) (Before, error) {
	before := Before{Routes: []Route{}, Offloads: []Offload{}}
	if err := check(spec); err != nil {
		return before, err
	}
	for _, peer := range spec.Peers {
		current, link, err := routeTo(peer.PodCIDR)
		if err != nil {
			return before, err
		}
		_, isVXLAN := link.(*netlink.Vxlan)
		isDirect := current.Gw.Equal(peer.Address.AsSlice()) && !IsTunnel(link)
		if spec.Path == "" || (spec.Path == VXLAN && isVXLAN) || (spec.Path == Direct && isDirect) {
			if spec.TxChecksum == nil {
				continue
			}
			if !IsTunnel(link) {
				return before, fmt.Errorf("packets to %s go by %s, which is no tunnel: there is no overlay whose checksums could be set", peer.PodCIDR, link.Attrs().Name)
			}
			before.Offloads, err = withOffload(before.Offloads, link.Attrs().Name)
			if err != nil {
				return before, err
			}
			continue
		}
		before.Routes = append(before.Routes, described(current, link))
	}
	if spec.Path == VXLAN && len(before.Routes) > 0 {
		before.Device = Device
		return before, assertFree()
	}
	return before, nil
}

func check(spec Spec) error {
	if spec.Path != "" && spec.Path != Direct && spec.Path != VXLAN {
		return fmt.Errorf("%q is no path: direct or vxlan", spec.Path)
	}
	for _, each := range append([]Peer{spec.Self}, spec.Peers...) {
		if !each.Address.Is4() || !each.PodCIDR.IsValid() || !each.PodCIDR.Addr().Is4() {
			return fmt.Errorf("node address %s and pod range %s are not both IPv4", each.Address, each.PodCIDR)
		}
	}
	return nil
}

func withOffload(offloads []Offload, device string) ([]Offload, error) {
	for _, each := range offloads {
		if each.Device == device {
			return offloads, nil
		}
	}
	on, err := TxChecksum(device)
	if err != nil {
		return nil, err
	}
	return append(offloads, Offload{device, on}), nil
}

// assertFree says whether somebody else has a device of our name.
func assertFree() error {
	link, err := netlink.LinkByName(Device)
	if isGone(err) || (err == nil && isOurs(link)) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("this node has a device %s that packetwalk did not make", Device)
}

func isOurs(link netlink.Link) bool { return link.Attrs().Alias == alias }

func isGone(err error) bool { return errors.As(err, &netlink.LinkNotFoundError{}) }

// Set changes what Plan said; Undo with its Before puts it back, however far Set came.
func Set(spec Spec, before Before) error {
	underlay, err := underlayOf(spec.Self.Address)
	if err != nil {
		return err
	}
	byVXLAN := before.Device != ""
	var vtep netlink.Link
	if byVXLAN {
		if vtep, err = makeVTEP(spec, underlay); err != nil {
			return err
		}
	}
	for _, route := range before.Routes {
		peer, err := peerOf(spec, route.To)
		if err != nil {
			return err
		}
		replacement := &netlink.Route{Dst: ipNet(peer.PodCIDR), Priority: route.Priority, Protocol: protocol}
		if byVXLAN {
			replacement.Gw, replacement.LinkIndex = vtepAddress(peer).AsSlice(), vtep.Attrs().Index
			replacement.Flags = int(netlink.FLAG_ONLINK)
		} else {
			replacement.Gw, replacement.LinkIndex = peer.Address.AsSlice(), underlay.Attrs().Index
		}
		if err := netlink.RouteReplace(replacement); err != nil {
			return fmt.Errorf("the route to %s can't be set: %w", peer.PodCIDR, err)
		}
	}
	if spec.TxChecksum == nil {
		return nil
	}
	devices := []string{}
	if byVXLAN {
		devices = append(devices, Device)
	}
	for _, each := range before.Offloads {
		devices = append(devices, each.Device)
	}
	if len(devices) == 0 {
		return fmt.Errorf("no tunnel device leads to the other nodes' pods: there is no overlay whose checksums could be set")
	}
	for _, device := range devices {
		if err := SetTxChecksum(device, *spec.TxChecksum); err != nil {
			return err
		}
	}
	return nil
}

func peerOf(spec Spec, cidr string) (Peer, error) {
	for _, peer := range spec.Peers {
		if peer.PodCIDR.String() == cidr {
			return peer, nil
		}
	}
	return Peer{}, fmt.Errorf("no peer has the pods of %s", cidr)
}

// makeVTEP makes the device anew, up, with an entry for each peer.
func makeVTEP(spec Spec, underlay netlink.Link) (netlink.Link, error) {
	if err := assertFree(); err != nil {
		return nil, err
	}
	if err := removeVTEP(); err != nil {
		return nil, err
	}
	device := &netlink.Vxlan{
		LinkAttrs: netlink.LinkAttrs{
			Name:         Device,
			MTU:          underlay.Attrs().MTU - Overhead,
			HardwareAddr: vtepMAC(spec.Self),
		},
		VxlanId:      vni,
		VtepDevIndex: underlay.Attrs().Index,
		SrcAddr:      spec.Self.Address.AsSlice(),
		Port:         port,
		Learning:     false,
	}
	if err := netlink.LinkAdd(device); err != nil {
		return nil, fmt.Errorf("the VXLAN device can't be made: %w", err)
	}
	// By the alias it is found again; without it would be somebody else's.
	if err := netlink.LinkSetAlias(device, alias); err != nil {
		_ = netlink.LinkDel(device)
		return nil, fmt.Errorf("the VXLAN device can't be marked: %w", err)
	}
	link, err := netlink.LinkByName(Device)
	if err != nil {
		return nil, err
	}
	address := &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(vtepAddress(spec.Self), 32))}
	if err := netlink.AddrAdd(link, address); err != nil {
		return nil, fmt.Errorf("the VXLAN device can't have its address: %w", err)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return nil, fmt.Errorf("the VXLAN device can't be set up: %w", err)
	}
	for _, peer := range spec.Peers {
		if err := addPeer(link, peer); err != nil {
			return nil, fmt.Errorf("node %s can't be made known to the VXLAN device: %w", peer.Address, err)
		}
	}
	return link, nil
}

func addPeer(vtep netlink.Link, peer Peer) error {
	neighbour := netlink.Neigh{
		LinkIndex: vtep.Attrs().Index, State: netlink.NUD_PERMANENT, HardwareAddr: vtepMAC(peer),
	}
	arp, fdb := neighbour, neighbour
	arp.Family, arp.Type, arp.IP = unix.AF_INET, unix.RTN_UNICAST, vtepAddress(peer).AsSlice()
	fdb.Family, fdb.Flags, fdb.IP = unix.AF_BRIDGE, netlink.NTF_SELF, peer.Address.AsSlice()
	if err := netlink.NeighSet(&arp); err != nil {
		return err
	}
	return netlink.NeighSet(&fdb)
}

// vtepAddress is the first of the node's pod range, as Flannel has it.
func vtepAddress(node Peer) netip.Addr { return node.PodCIDR.Masked().Addr() }

// vtepMAC follows from the node's address, so that no node has to be told of another's.
func vtepMAC(node Peer) net.HardwareAddr {
	address := node.Address.As4()
	return append(net.HardwareAddr{0x0e, 0x70}, address[:]...)
}

func underlayOf(address netip.Addr) (netlink.Link, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, err
	}
	for _, link := range links {
		addresses, err := netlink.AddrList(link, unix.AF_INET)
		if err != nil {
			return nil, err
		}
		for _, each := range addresses {
			if each.IP.Equal(address.AsSlice()) {
				return link, nil
			}
		}
	}
	return nil, fmt.Errorf("no device of this node has its address, %s", address)
}

// routeTo gives the one route to exactly this range in the main table.
func routeTo(cidr netip.Prefix) (netlink.Route, netlink.Link, error) {
	filter := &netlink.Route{Dst: ipNet(cidr), Table: unix.RT_TABLE_MAIN}
	routes, err := netlink.RouteListFiltered(unix.AF_INET, filter, netlink.RT_FILTER_DST|netlink.RT_FILTER_TABLE)
	if err != nil {
		return netlink.Route{}, nil, err
	}
	if len(routes) != 1 || len(routes[0].MultiPath) > 0 {
		return netlink.Route{}, nil, fmt.Errorf("this node has %d routes to the pods of %s, and not one by one device: what leads packets there is not a plain route, so it can't be switched", len(routes), cidr)
	}
	link, err := netlink.LinkByIndex(routes[0].LinkIndex)
	return routes[0], link, err
}

func described(route netlink.Route, link netlink.Link) Route {
	text := func(ip net.IP) string {
		if ip == nil {
			return ""
		}
		return ip.String()
	}
	return Route{
		To: route.Dst.String(), Via: text(route.Gw), Device: link.Attrs().Name, Source: text(route.Src),
		Onlink:   route.Flags&int(netlink.FLAG_ONLINK) != 0,
		Protocol: int(route.Protocol), Scope: int(route.Scope), Priority: route.Priority, MTU: route.MTU,
	}
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}
