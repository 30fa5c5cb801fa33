// Package localaddress gives the agent's network namespace addresses that lead nowhere but to it: on
// the loopback device, with a label by which to find them again.
package localaddress

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	device = "lo"
	// label begins with the device's name and a colon, as labels have to (ip-address(8)).
	label = device + ":packetwalk"
)

// ErrTaken says that somebody else has the address.
var ErrTaken = errors.New("this network namespace has the address already, and packetwalk did not add it")

// Add gives the namespace an IPv4 address. One that Add has given before is given anew.
func Add(address netip.Addr) error {
	// Ours goes first: what is there then is somebody else's.
	if err := Remove(address); err != nil {
		return err
	}
	taken, err := has(address)
	if err != nil {
		return err
	}
	if taken {
		return ErrTaken
	}
	return change(unix.RTM_NEWADDR, netlink.Create|netlink.Excl, address)
}

// Remove takes back an address that Add has given, and leaves one with another label alone.
func Remove(address netip.Addr) error {
	err := change(unix.RTM_DELADDR, 0, address)
	if errors.Is(err, unix.EADDRNOTAVAIL) {
		return nil
	}
	return err
}

func has(address netip.Addr) (bool, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return false, fmt.Errorf("cannot list this namespace's addresses: %w", err)
	}
	for _, each := range addresses {
		if prefix, err := netip.ParsePrefix(each.String()); err == nil && prefix.Addr().Unmap() == address {
			return true, nil
		}
	}
	return false, nil
}

// change is one request (rtnetlink(7)).
func change(kind netlink.HeaderType, flags netlink.HeaderFlags, address netip.Addr) error {
	if !address.Is4() {
		return fmt.Errorf("%s is not an IPv4 address", address)
	}
	loopback, err := net.InterfaceByName(device)
	if err != nil {
		return err
	}
	data, err := binary.Append(nil, binary.NativeEndian, unix.IfAddrmsg{
		Family:    unix.AF_INET,
		Prefixlen: uint8(address.BitLen()),
		Scope:     unix.RT_SCOPE_UNIVERSE,
		Index:     uint32(loopback.Index),
	})
	if err != nil {
		return err
	}
	encoder := netlink.NewAttributeEncoder()
	encoder.Bytes(unix.IFA_LOCAL, address.AsSlice())
	encoder.Bytes(unix.IFA_ADDRESS, address.AsSlice())
	encoder.String(unix.IFA_LABEL, label)
	attributes, err := encoder.Encode()
	if err != nil {
		return err
	}
	conn, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Execute(netlink.Message{
		Header: netlink.Header{Type: kind, Flags: netlink.Request | netlink.Acknowledge | flags},
		Data:   append(data, attributes...),
	})
	return err
}
