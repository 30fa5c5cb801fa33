package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serve listens on loopback and leaves each connection to answer.
func serve(t *testing.T, answer func(*net.TCPConn)) string {
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

// saying reads the request, answers with the text and closes.
func saying(text string) func(*net.TCPConn) {
	return func(connection *net.TCPConn) {
		_, _ = connection.Read(make([]byte, 4096))
		_, _ = io.WriteString(connection, text)
	}
}

// silent reads and never answers.
func silent(connection *net.TCPConn) {
	_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.Copy(io.Discard, connection)
}

// aborting closes with an RST.
func aborting(connection *net.TCPConn) {
	_, _ = connection.Read(make([]byte, 1))
	_ = connection.SetLinger(0)
}

func answeringStatus(t *testing.T, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		response.WriteHeader(status)
		_, _ = io.WriteString(response, strconv.Itoa(status))
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// selfSigned serves TLS with a certificate that nobody trusts.
func selfSigned(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// deaf has a full accept queue, so that the kernel drops SYNs to it.
func deaf(t *testing.T) string {
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
	return address
}

// unused is a port of loopback at which nobody listens.
func unused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
