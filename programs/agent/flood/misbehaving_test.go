package flood

import (
	"net"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/misbehaving"
)

// Failures as they happen in clusters; TestOutcomes has those that a response alone can show.

func TestResetOnAccept(t *testing.T) {
	isolated.Require(t)
	address := misbehaving.Serve(t, func(c *net.TCPConn) { _ = c.SetLinger(0) })
	expectOutcomes(t, run(t, steady(address, 20, 100*time.Millisecond)), map[string]int64{"reset": 20})
}

// The response goes on and on, a byte at a time: the timeout is for the whole of it.
func TestSlowLorisResponse(t *testing.T) {
	isolated.Require(t)
	address := serve(t, func(c *net.TCPConn) {
		_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))
		for {
			if _, err := c.Write([]byte(".")); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	spec := steady(address, 20, 100*time.Millisecond)
	spec.TimeoutMs = 400
	report := run(t, spec)
	expectOutcomes(t, report, map[string]int64{"response-timeout": 20})
	if slowest := decode(t, report.Histograms.FirstByte).Max(); slowest > 300_000 {
		t.Errorf("a first byte after %d µs, though it came at once", slowest)
	}
}

// A real proxy whose upstream is dead.
func TestBadGateway(t *testing.T) {
	isolated.Require(t)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: misbehaving.Unused(t)})
	proxy.ErrorLog = quiet
	address, _ := webServer(t, proxy.ServeHTTP)
	for _, ratio := range []float64{0, 1} {
		spec := steady(address, 20, 100*time.Millisecond)
		spec.KeepAliveRatio = ratio
		expectOutcomes(t, run(t, spec), map[string]int64{"status-502": 20})
	}
}

// Packets leave and nobody is there: the cable's other end has no address, and drops them.
func TestBlackHole(t *testing.T) {
	isolated.Require(t)
	for _, command := range []string{
		"link add hole0 type veth peer name hole1",
		"address add 198.51.100.1/24 dev hole0",
		"link set hole0 up",
		"link set hole1 up",
		"neigh add 198.51.100.2 lladdr 02:00:00:00:00:02 dev hole0 nud permanent",
	} {
		if output, err := exec.Command("ip", strings.Fields(command)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", command, err, output)
		}
	}
	t.Cleanup(func() { _ = exec.Command("ip", "link", "delete", "hole0").Run() })
	spec := steady("198.51.100.2:80", 20, 100*time.Millisecond)
	spec.TimeoutMs = 1300
	report := run(t, spec)
	expectOutcomes(t, report, map[string]int64{"connect-timeout": 20})
	if report.TCP["synRetrans"] < 20 {
		t.Errorf("%d SYNs were sent again: %v", report.TCP["synRetrans"], report.TCP)
	}
}
