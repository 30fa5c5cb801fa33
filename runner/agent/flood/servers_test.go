package flood

import (
	"bufio"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serve listens on loopback and hands each connection, its request already read, to answer.
func serve(t *testing.T, answer func(*net.TCPConn)) string {
	t.Helper()
	return serveRaw(t, func(accepted *net.TCPConn) {
		if _, err := http.ReadRequest(bufio.NewReader(accepted)); err == nil {
			answer(accepted)
		}
	})
}

// serveRaw listens on loopback and hands each connection to answer, after which it is closed.
func serveRaw(t *testing.T, answer func(*net.TCPConn)) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			accepted, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer accepted.Close()
				answer(accepted.(*net.TCPConn))
			}()
		}
	}()
	return listener.Addr().String()
}

// answering sends the text and leaves closing to the client.
func answering(text string) func(*net.TCPConn) {
	return func(connection *net.TCPConn) {
		_, _ = connection.Write([]byte(text))
		awaitClose(connection)
	}
}

// serveGreeting sends the text before it is asked, and waits.
func serveGreeting(t *testing.T, text string) string {
	t.Helper()
	return serveRaw(t, answering(text))
}

// stuck takes everything and answers nothing.
func stuck(connection *net.TCPConn) {
	_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.Copy(io.Discard, connection)
}

func resetAfterRequest(connection *net.TCPConn) {
	_, _ = connection.Read(make([]byte, 4096))
	_ = connection.SetLinger(0)
}

// quiet is for servers whose clients misbehave on purpose.
var quiet = log.New(io.Discard, "", 0)

func awaitClose(connection *net.TCPConn) {
	_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = connection.Read(make([]byte, 1))
}

const okResponse = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

// deafListener is one whose accept queue is full: the kernel drops SYNs to it.
type deafListener struct {
	address string
	fd      int
}

func listenDeaf(t *testing.T) deafListener {
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
	return deafListener{address: address, fd: fd}
}

// serve empties the queue and answers every connection, the fillers' too.
func (l deafListener) serve(text string) {
	for {
		connection, _, err := unix.Accept4(l.fd, unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		_, _ = unix.Write(connection, []byte(text))
	}
}

// unusedAddress is a port of loopback at which nobody listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// setSysctl changes a setting of the tests' own network namespace until the test ends.
func setSysctl(t *testing.T, path, value string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(value), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.WriteFile(path, before, 0); err != nil {
			t.Error(err)
		}
	})
}

func portRange(first, last int) string { return strconv.Itoa(first) + " " + strconv.Itoa(last) }
