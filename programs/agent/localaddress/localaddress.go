// Package localaddress gives the agent's network namespace addresses that lead nowhere but to it: on
// the loopback device, with a label by which to find them again.
package localaddress

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"

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
	return change(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, address)
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

// change sends the kernel one request (rtnetlink(7)) and reads what it answers.
func change(kind, flags uint16, address netip.Addr) error {
	if !address.Is4() {
		return fmt.Errorf("%s is no IPv4 address", address)
	}
	loopback, err := net.InterfaceByName(device)
	if err != nil {
		return err
	}
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	kernel := &unix.SockaddrNetlink{Family: unix.AF_NETLINK}
	if err := unix.Sendto(socket, request(kind, flags, loopback.Index, address), 0, kernel); err != nil {
		return err
	}
	answer := make([]byte, unix.Getpagesize())
	length, _, err := unix.Recvfrom(socket, answer, 0)
	if err != nil {
		return err
	}
	if length < unix.NLMSG_HDRLEN+4 || binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return unix.EBADMSG
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.NLMSG_HDRLEN:])); code != 0 {
		return unix.Errno(-code)
	}
	return nil
}

func request(kind, flags uint16, device int, address netip.Addr) []byte {
	message := make([]byte, unix.NLMSG_HDRLEN, 128)
	binary.NativeEndian.PutUint16(message[4:], kind)
	binary.NativeEndian.PutUint16(message[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK|flags)
	const wholeAddress = 32
	// struct ifaddrmsg: family, prefix length, flags, scope, device.
	message = append(message, unix.AF_INET, wholeAddress, 0, unix.RT_SCOPE_UNIVERSE)
	message = binary.NativeEndian.AppendUint32(message, uint32(device))
	message = appendAttribute(message, unix.IFA_LOCAL, address.AsSlice())
	message = appendAttribute(message, unix.IFA_ADDRESS, address.AsSlice())
	message = appendAttribute(message, unix.IFA_LABEL, append([]byte(label), 0))
	binary.NativeEndian.PutUint32(message, uint32(len(message)))
	return message
}

func appendAttribute(message []byte, kind uint16, value []byte) []byte {
	message = binary.NativeEndian.AppendUint16(message, uint16(unix.SizeofRtAttr+len(value)))
	message = binary.NativeEndian.AppendUint16(message, kind)
	message = append(message, value...)
	for len(message)%unix.NLMSG_ALIGNTO != 0 {
		message = append(message, 0)
	}
	return message
}
