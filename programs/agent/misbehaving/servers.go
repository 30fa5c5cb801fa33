// Package misbehaving lends tests servers on loopback that fail in one way each: this module's
// tests, and those of the k6 module, which is why it is not internal.
package misbehaving

import (
	"io"
	"net"
	"testing"
	"time"
)

// Serve hands each connection to answer, after which it is closed, and returns its address.
func Serve(t *testing.T, answer func(*net.TCPConn)) string {
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

// Silent takes everything and answers nothing.
func Silent(connection *net.TCPConn) {
	_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.Copy(io.Discard, connection)
}

// Unused is a port of loopback at which nobody listens.
func Unused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
