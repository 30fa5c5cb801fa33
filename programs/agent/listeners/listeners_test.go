package listeners

import (
	"net"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
)

// listenOn opens a socket by hand: Go's own listeners ask for somaxconn.
func listenOn(t *testing.T, address [4]byte, backlog int) uint16 {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(socket) })
	if err := unix.Bind(socket, &unix.SockaddrInet4{Addr: address}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(socket, backlog); err != nil {
		t.Fatal(err)
	}
	bound, err := unix.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(bound.(*unix.SockaddrInet4).Port)
}

func TestQueuesOfANamespace(t *testing.T) {
	isolated.Require(t)
	if output, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	short := listenOn(t, [4]byte{}, 8)
	long := listenOn(t, [4]byte{}, 1_000_000)
	hidden := listenOn(t, [4]byte{127, 0, 0, 1}, 8)
	for range 3 {
		conn, err := net.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(short)})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	queues, err := Read([]string{"00000000-no-such-pod"})
	if err != nil {
		t.Fatal(err)
	}
	found := map[uint16]Queue{}
	for _, each := range queues {
		found[each.Port] = each
	}
	if got, want := found[short], (Queue{In: "node", Port: short, Most: 8, Waiting: 3}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	// The kernel gives no more than net.core.somaxconn, with which a namespace begins.
	if got := found[long].Most; got != 4096 {
		t.Errorf("a queue of %d, want 4096", got)
	}
	if _, there := found[hidden]; there {
		t.Error("a socket of the loopback device is among them")
	}
}
