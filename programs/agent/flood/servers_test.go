package flood

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"packetwalk.dev/agent/misbehaving"
)

// serve listens on loopback and hands each connection, its request already read, to answer.
func serve(t *testing.T, answer func(*net.TCPConn)) string {
	t.Helper()
	return misbehaving.Serve(t, func(accepted *net.TCPConn) {
		if _, err := http.ReadRequest(bufio.NewReader(accepted)); err == nil {
			answer(accepted)
		}
	})
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
	return misbehaving.Serve(t, answering(text))
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
