package flood

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sources are the local addresses that connections come from, in turn.
type sources struct {
	addresses []*socketAddress
	next      int
}

func newSources(of []netip.Addr, first int) *sources {
	s := &sources{next: first}
	for _, each := range of {
		s.addresses = append(s.addresses, newSocketAddress(netip.AddrPortFrom(each, 0)))
	}
	return s
}

// bind gives a socket the next address. Its port is left to connect(2), which only has to find one
// that is free towards this destination (IP_BIND_ADDRESS_NO_PORT, ip(7)).
func (s *sources) bind(fd int) unix.Errno {
	if len(s.addresses) == 0 {
		return 0
	}
	from := s.addresses[s.next%len(s.addresses)]
	s.next++
	return bindAddress(fd, from)
}

// checkSources refuses addresses that are not of this network namespace: during the load they could
// not be told from ports that ran out, as both are EADDRNOTAVAIL.
func checkSources(of []netip.Addr) error {
	for _, each := range of {
		address := newSocketAddress(netip.AddrPortFrom(each, 0))
		fd, errno := newSocket(address.family)
		if errno == 0 {
			errno = bindAddress(fd, address)
			closeSocket(fd)
		}
		switch errno {
		case 0:
		case unix.EADDRNOTAVAIL:
			return fmt.Errorf("sourceAddresses: %s is not an address of this machine", each)
		default:
			return fmt.Errorf("sourceAddresses: cannot use %s: %w", each, errno)
		}
	}
	return nil
}

var turnedOn int32 = 1

func bindAddress(fd int, to *socketAddress) unix.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, uintptr(unsafe.Pointer(&turnedOn)), unsafe.Sizeof(turnedOn), 0)
	if errno != 0 {
		return errno
	}
	_, _, errno = unix.RawSyscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&to.raw)), to.length)
	return errno
}
