package flood

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
)

// serverConnections counts a server's connections.
type serverConnections struct{ made, open, most atomic.Int64 }

func (c *serverConnections) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.made.Add(1)
		c.most.Store(max(c.most.Load(), c.open.Add(1))) // new ones are told of one at a time
	case http.StateClosed:
		c.open.Add(-1)
	}
}

// webServer is Go's HTTP server.
func webServer(t *testing.T, handler http.HandlerFunc) (string, *serverConnections) {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections := new(serverConnections)
	server := &http.Server{Handler: handler, ConnState: connections.track}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String(), connections
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

func TestKeepAliveRatio(t *testing.T) {
	isolated.Require(t)
	const count = 2000
	for _, ratio := range []float64{0.3, 0.9, 1} {
		address, connections := webServer(t, hello)
		spec := steady(address, count, 2*time.Second) // slow enough for a busy machine not to build up many at once
		spec.KeepAliveRatio = ratio
		report := run(t, spec)
		expectOutcomes(t, report, map[string]int64{"ok": count})
		// Those that were open at once when this machine stalled are kept as well, but for nothing.
		missing := ratio*count - float64(report.Reused)
		if missing < -0.02*count || missing > 0.02*count+float64(connections.most.Load()) {
			t.Errorf("%d of %d requests were on reused connections, want %.1f of them; at most %d were open at once", report.Reused, count, ratio, connections.most.Load())
		}
		if made := connections.made.Load(); made != count-report.Reused {
			t.Errorf("the server saw %d connections, the report %d reused of %d", made, report.Reused, count)
		}
		if timed := decode(t, report.Histograms.Connect).TotalCount(); timed != count-report.Reused {
			t.Errorf("%d connect times of %d new connections", timed, count-report.Reused)
		}
	}
}

func TestKeptConnectionsStayCleanOverThreadsAndChunks(t *testing.T) {
	isolated.Require(t)
	body := strings.Repeat("0123456789", 20_000)
	address, _ := webServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush() // forces chunks
		_, _ = io.WriteString(w, body)
	})
	spec := steady(address, 400, time.Second)
	spec.KeepAliveRatio, spec.Threads = 1, 2
	report := run(t, spec)
	expectOutcomes(t, report, map[string]int64{"ok": 400})
	if report.Reused < 300 || report.BytesRead < 400*int64(len(body)) {
		t.Errorf("%d reused, %d bytes read", report.Reused, report.BytesRead)
	}
}

// What the server does not allow to be kept is not kept, and costs no request.
func TestConnectionsThatEndAreNotReused(t *testing.T) {
	isolated.Require(t)
	for name, answer := range map[string]string{
		"Connection: close": "HTTP/1.1 200 OK\r\nConnection: keep-alive, Close\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.0":          "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"excess bytes":      okResponse + "!",
	} {
		spec := steady(serve(t, answering(answer)), 50, 100*time.Millisecond)
		spec.KeepAliveRatio = 1
		report := run(t, spec)
		expectOutcomes(t, report, map[string]int64{"ok": 50})
		if report.Reused != 0 {
			t.Errorf("%s: %d requests on reused connections", name, report.Reused)
		}
	}
}

func TestServerMayCloseIdleConnections(t *testing.T) {
	isolated.Require(t)
	address := serve(t, func(c *net.TCPConn) { _, _ = c.Write([]byte(okResponse)) }) // and closes
	spec := steady(address, 20, 400*time.Millisecond)
	spec.KeepAliveRatio = 1
	report := run(t, spec)
	// A machine may be so busy that a server's word of its end comes after the next request: that is this one's failure.
	late := report.Outcomes["reset"]
	expectOutcomes(t, report, without(map[string]int64{"ok": 20 - late, "reset": late}))
	if report.Reused != late {
		t.Errorf("%d requests on connections that were said to be closed", report.Reused-late)
	}
}

// without leaves out what did not happen, as reports do.
func without(counts map[string]int64) map[string]int64 {
	for cause, count := range counts {
		if count == 0 {
			delete(counts, cause)
		}
	}
	return counts
}

// No hidden retry: a kept connection that breaks under a request is that request's failure.
func TestReusedConnectionsFailLikeOthers(t *testing.T) {
	isolated.Require(t)
	address := serve(t, func(c *net.TCPConn) {
		_, _ = c.Write([]byte(okResponse))
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _ = c.Read(make([]byte, 1)) // the second request
		_ = c.SetLinger(0)
	})
	spec := steady(address, 20, 400*time.Millisecond)
	spec.KeepAliveRatio = 1
	expectOutcomes(t, run(t, spec), map[string]int64{"ok": 10, "reset": 10})
}

func TestRequestsArriveIntact(t *testing.T) {
	isolated.Require(t)
	body := strings.Repeat("what arrives is what was sent\n", 50_000) // more than a socket's buffers take at once
	var wrong sync.Map
	address, _ := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(got, []byte(body)) || r.Method != "PUT" || r.Host != "shop.example" || r.URL.Path != "/cart" ||
			r.Header.Get("X-Trace") != "a: b" || r.UserAgent() != "tester" || r.Header.Get("Content-Type") != "text/plain" {
			wrong.Store(r.Method+r.URL.Path, len(got))
		}
		hello(w, r)
	})
	spec := steady(address, 20, 200*time.Millisecond)
	spec.Target = Target{Address: address, Host: "shop.example", Path: "/cart"}
	spec.Method, spec.Body = "PUT", body
	spec.Headers = map[string]string{"x-trace": "a: b", "User-Agent": "tester", "Content-Type": "text/plain"}
	for _, ratio := range []float64{0, 0.5} {
		spec.KeepAliveRatio = ratio
		expectOutcomes(t, run(t, spec), map[string]int64{"ok": 20})
	}
	wrong.Range(func(what, length any) bool {
		t.Errorf("arrived: %v, body of %v bytes", what, length)
		return true
	})
}

func TestSourceAddresses(t *testing.T) {
	isolated.Require(t)
	var mutex sync.Mutex
	seen := map[string]int{}
	address, _ := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		mutex.Lock()
		seen[host]++
		mutex.Unlock()
		hello(w, r)
	})
	spec := steady(address, 60, 200*time.Millisecond)
	spec.SourceAddresses = []string{"127.0.0.11", "127.0.0.12", "127.0.0.13"}
	expectOutcomes(t, run(t, spec), map[string]int64{"ok": 60})
	for _, source := range spec.SourceAddresses {
		if seen[source] != 20 {
			t.Errorf("connections came from %v", seen)
		}
	}
}

func TestForeignSourceAddressesAreRefused(t *testing.T) {
	isolated.Require(t)
	spec := steady("127.0.0.1:1", 1, 10*time.Millisecond)
	spec.SourceAddresses = []string{"127.0.0.1", "192.0.2.7"}
	_, err := Run(context.Background(), spec, time.Now())
	if err == nil || !strings.Contains(err.Error(), "192.0.2.7 is not an address of this machine") {
		t.Errorf("error %v", err)
	}
}

// Each source address has the local ports for itself.
func TestSourceAddressesMultiplyPorts(t *testing.T) {
	isolated.Require(t)
	setSysctl(t, "/proc/sys/net/ipv4/tcp_tw_reuse", "0")
	address := serve(t, answering(okResponse))
	setSysctl(t, "/proc/sys/net/ipv4/ip_local_port_range", portRange(25_000, 25_009))
	spec := steady(address, 60, 300*time.Millisecond)
	spec.SourceAddresses = []string{"127.0.0.21", "127.0.0.22", "127.0.0.23"}
	expectOutcomes(t, run(t, spec), map[string]int64{"ok": 30, "port-exhausted": 30})
}
