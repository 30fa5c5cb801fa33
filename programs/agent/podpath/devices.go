package podpath

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/safchain/ethtool"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const (
	mainTable = unix.RT_TABLE_MAIN
	// txChecksum as ethtool -K calls it.
	txChecksum = "tx-checksum-ip-generic"
)

// tunnels are the kernel's names of devices that put packets into others.
var tunnels = []string{"vxlan", "geneve", "ipip", "gre", "gretap", "ip6tnl", "sit", "wireguard"}

// IsTunnel says whether a device puts packets into others.
func IsTunnel(link netlink.Link) bool { return slices.Contains(tunnels, link.Type()) }

// TxChecksum reads whether a device computes checksums in place of the stack.
func TxChecksum(device string) (bool, error) {
	var on bool
	err := withEthtool(func(tool *ethtool.Ethtool) error {
		features, err := tool.Features(device)
		if err != nil {
			return fmt.Errorf("the features of %s can't be read: %w", device, err)
		}
		value, known := features[txChecksum]
		if !known {
			return fmt.Errorf("%s has no %s", device, txChecksum)
		}
		on = value
		return nil
	})
	return on, err
}

// SetTxChecksum is `ethtool -K DEVICE tx-checksum-ip-generic on|off`. What is in force afterwards TxChecksum says.
func SetTxChecksum(device string, on bool) error {
	return withEthtool(func(tool *ethtool.Ethtool) error {
		if err := tool.Change(device, map[string]bool{txChecksum: on}); err != nil {
			return fmt.Errorf("%s of %s can't be set: %w", txChecksum, device, err)
		}
		return nil
	})
}

func withEthtool(work func(*ethtool.Ethtool) error) error {
	tool, err := ethtool.NewEthtool()
	if err != nil {
		return err
	}
	defer tool.Close()
	return work(tool)
}

// Link is a device with its counters.
type Link struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Underlay  bool   `json:"underlay"` // it has the node's own address
	MTU       int    `json:"mtu"`
	RxPackets uint64 `json:"rxPackets"`
	TxPackets uint64 `json:"txPackets"`
	RxErrors  uint64 `json:"rxErrors"`
	TxErrors  uint64 `json:"txErrors"`
	RxDropped uint64 `json:"rxDropped"`
	TxDropped uint64 `json:"txDropped"`
	// TxChecksum of a tunnel; nil: it has no such feature.
	TxChecksum *bool `json:"txChecksum"`
}

// Links gives the tunnels, and the device with the node's address.
func Links(self netip.Addr) ([]Link, error) {
	all, err := netlink.LinkList()
	if err != nil {
		return nil, err
	}
	underlay, err := underlayOf(self)
	if err != nil {
		return nil, err
	}
	links := []Link{}
	for _, link := range all {
		attributes := link.Attrs()
		isUnderlay := attributes.Index == underlay.Attrs().Index
		if !isUnderlay && !IsTunnel(link) {
			continue
		}
		if attributes.Statistics == nil {
			return nil, fmt.Errorf("%s has no counters", attributes.Name)
		}
		counted := *attributes.Statistics
		each := Link{
			Name: attributes.Name, Kind: link.Type(), Underlay: isUnderlay, MTU: attributes.MTU,
			RxPackets: counted.RxPackets, TxPackets: counted.TxPackets, RxErrors: counted.RxErrors,
			TxErrors: counted.TxErrors, RxDropped: counted.RxDropped, TxDropped: counted.TxDropped,
		}
		if on, err := TxChecksum(each.Name); err == nil && !isUnderlay {
			each.TxChecksum = &on
		}
		links = append(links, each)
	}
	return links, nil
}

// Hop is the device by which a packet to an address leaves.
type Hop struct {
	To     netip.Addr `json:"to"`
	Device string     `json:"device"`
	Kind   string     `json:"kind"`
	Tunnel bool       `json:"tunnel"`
}

// WayTo asks the kernel by which device it would send.
func WayTo(address netip.Addr) (Hop, error) {
	routes, err := netlink.RouteGet(address.AsSlice())
	if err != nil {
		return Hop{}, fmt.Errorf("there is no route to %s: %w", address, err)
	}
	if len(routes) == 0 {
		return Hop{}, fmt.Errorf("there is no route to %s", address)
	}
	link, err := netlink.LinkByIndex(routes[0].LinkIndex)
	if err != nil {
		return Hop{}, err
	}
	return Hop{To: address, Device: link.Attrs().Name, Kind: link.Type(), Tunnel: IsTunnel(link)}, nil
}

// SetPodMTU sets the MTU of a pod's device and of its end on the node, whichever way it goes.
// @param inPod runs in the pod's network namespace
func SetPodMTU(inPod func(func() error) error, mtu int) error {
	var peer int
	set := func() error {
		link, err := podLink()
		if err != nil {
			return err
		}
		if peer = link.Attrs().ParentIndex; link.Type() != "veth" || peer == 0 {
			return fmt.Errorf("the pod's device is no veth, but %s: its MTU is left alone", link.Type())
		}
		if link.Attrs().MTU == mtu {
			return nil
		}
		return netlink.LinkSetMTU(link, mtu)
	}
	if err := inPod(set); err != nil {
		return err
	}
	link, err := netlink.LinkByIndex(peer)
	if err != nil {
		return fmt.Errorf("the node's end of the pod's device can't be found: %w", err)
	}
	return netlink.LinkSetMTU(link, mtu)
}

// podLink is the device of a pod's default route.
func podLink() (netlink.Link, error) {
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: mainTable}, netlink.RT_FILTER_TABLE)
	if err != nil {
		return nil, err
	}
	for _, route := range routes {
		if isDefault := route.Dst == nil || route.Dst.IP.IsUnspecified() && route.Dst.Mask.String() == "00000000"; isDefault {
			return netlink.LinkByIndex(route.LinkIndex)
		}
	}
	return nil, errors.New("the pod has no default route")
}

// PodMTU is that of the pod's device, read in the calling thread's network namespace.
func PodMTU() (int, error) {
	link, err := podLink()
	if err != nil {
		return 0, err
	}
	return link.Attrs().MTU, nil
}
