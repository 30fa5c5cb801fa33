package flood

import (
	"fmt"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
)

// What a connect() costs by how many ports of one address towards another are in TIME_WAIT (docs/physics.md):
//
//	go test -run '^$' -bench Connect -benchtime 2000x ./flood
func BenchmarkConnect(b *testing.B) {
	for _, used := range []int{0, 12_000, 15_000, 20_000} {
		b.Run(fmt.Sprintf("%d-ports-in-TIME_WAIT", used), func(b *testing.B) {
			isolated.Require(b)
			// By default the kernel takes ports out of TIME_WAIT again after a second, but on loopback only.
			if err := os.WriteFile("/proc/sys/net/ipv4/tcp_tw_reuse", []byte("0"), 0); err != nil {
				b.Fatal(err)
			}
			listener, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer listener.Close()
			go closeLast(listener)
			port := listener.Addr().(*net.TCPAddr).Port
			for range used {
				if err := connectAndClose(port); err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			for range b.N {
				if err := connectAndClose(port); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// closeLast leaves TIME_WAIT to the clients.
func closeLast(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			_, _ = connection.Read(make([]byte, 1))
			_ = connection.Close()
		}()
	}
}

func connectAndClose(port int) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	return unix.Connect(socket, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
}
