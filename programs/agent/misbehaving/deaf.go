package misbehaving

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Deaf is a listener whose accept queue is full: the kernel drops SYNs to it.
type Deaf struct {
	Address string
	fd      int
}

// ListenDeaf listens until the test ends.
func ListenDeaf(t *testing.T) Deaf {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: loopback.As4()}), unix.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := netip.AddrPortFrom(loopback, uint16(name.(*unix.SockaddrInet4).Port)).String()
	for range 3 {
		if filler, err := net.DialTimeout("tcp4", address, 50*time.Millisecond); err == nil {
			t.Cleanup(func() { filler.Close() })
		}
	}
	return Deaf{Address: address, fd: fd}
}

// Serve empties the queue and answers every connection, the fillers' too.
func (d Deaf) Serve(text string) {
	for {
		connection, _, err := unix.Accept4(d.fd, unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		_, _ = unix.Write(connection, []byte(text))
	}
}
