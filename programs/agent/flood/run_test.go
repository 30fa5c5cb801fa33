package flood

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/misbehaving"
)

// steady is a spec of count requests at an even rate over duration.
func steady(address string, count int, duration time.Duration) Spec {
	rate := float64(count) / duration.Seconds()
	return Spec{
		Target:      Target{Address: address, Host: "web", Path: "/"},
		Stages:      []Stage{{DurationMs: int(duration.Milliseconds()), FromPerSecond: rate, ToPerSecond: rate}},
		Seed:        1,
		TimeoutMs:   2000,
		MaxInFlight: 1000,
		SliceMs:     100,
	}
}

// run runs a spec and checks what must hold of every report.
func run(t *testing.T, spec Spec) Report {
	t.Helper()
	return runUntil(t, context.Background(), spec)
}

func runUntil(t *testing.T, ctx context.Context, spec Spec) Report {
	t.Helper()
	report, err := Run(ctx, spec, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if report.Engine != "flood" || report.Saturated == nil || report.MaxRSSBytes < 1<<20 {
		t.Errorf("engine %q, saturated %#v, %d bytes of memory", report.Engine, report.Saturated, report.MaxRSSBytes)
	}
	var outcomes, scheduled, okInSlices, failed int64
	for _, count := range report.Outcomes {
		outcomes += count
	}
	for _, slice := range report.Slices {
		if slice.Scheduled != slice.Ok+slice.Failed {
			t.Errorf("slice at %d ms: %d scheduled, but %d ok and %d failed", slice.AtMs, slice.Scheduled, slice.Ok, slice.Failed)
		}
		scheduled += slice.Scheduled
		okInSlices += slice.Ok
		failed += slice.Failed
		if total := decode(t, slice.OkLatency).TotalCount(); total != slice.Ok {
			t.Errorf("slice at %d ms: %d ok, but %d latencies", slice.AtMs, slice.Ok, total)
		}
	}
	if report.Scheduled != outcomes || report.Scheduled != scheduled || report.Outcomes["ok"] != okInSlices {
		t.Errorf("scheduled %d, outcomes %v, slices %d scheduled, %d ok, %d failed", report.Scheduled, report.Outcomes, scheduled, okInSlices, failed)
	}
	if report.Sent != report.Scheduled-report.Outcomes["not-sent"] {
		t.Errorf("sent %d of %d, outcomes %v", report.Sent, report.Scheduled, report.Outcomes)
	}
	for name, want := range map[string]struct {
		encoded string
		total   int64
	}{
		"latency":     {report.Histograms.Latency, report.Sent},
		"okLatency":   {report.Histograms.OkLatency, report.Outcomes["ok"]},
		"scheduleLag": {report.Histograms.ScheduleLag, report.Scheduled},
	} {
		if total := decode(t, want.encoded).TotalCount(); total != want.total {
			t.Errorf("%s has %d values, want %d", name, total, want.total)
		}
	}
	return report
}

func decode(t *testing.T, encoded string) *hdrhistogram.Histogram {
	t.Helper()
	decoded, err := histogram.Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func expectOutcomes(t *testing.T, report Report, want map[string]int64) {
	t.Helper()
	if _, named := want["ok"]; !named {
		want["ok"] = 0
	}
	if fmt.Sprint(report.Outcomes) != fmt.Sprint(want) {
		t.Errorf("outcomes %v, want %v", report.Outcomes, want)
	}
}

func TestOutcomes(t *testing.T) {
	isolated.Require(t)
	const count = 20
	for _, each := range []struct {
		cause  string
		answer func(*net.TCPConn)
	}{
		{"ok", answering(okResponse)},
		{"ok", answering("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")},
		{"ok", answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")},
		{"ok", func(c *net.TCPConn) { _, _ = c.Write([]byte("HTTP/1.0 200 OK\r\n\r\nuntil the end")) }},
		{"ok", func(c *net.TCPConn) {
			for i := range okResponse {
				_, _ = c.Write([]byte(okResponse[i : i+1]))
				time.Sleep(100 * time.Microsecond)
			}
			awaitClose(c)
		}},
		{"ok", answering("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + string(make([]byte, 300000)))},
		{"status-4xx", answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
		{"status-500", answering("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")},
		{"status-502", answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad")},
		{"status-503", answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")},
		{"status-504", answering("HTTP/1.1 504 Late\r\nContent-Length: 0\r\n\r\n")},
		{"status-5xx", answering("HTTP/1.1 507 Full\r\nContent-Length: 0\r\n\r\n")},
		{"truncated", func(*net.TCPConn) {}},
		{"truncated", func(c *net.TCPConn) { _, _ = c.Write([]byte(okResponse[:len(okResponse)-1])) }},
		{"truncated", func(c *net.TCPConn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Le")) }},
		{"protocol-error", answering("SSH-2.0-OpenSSH_9.2\r\n\r\n")},
		{"reset", func(c *net.TCPConn) { _ = c.SetLinger(0) }},
		{"reset", func(c *net.TCPConn) {
			_, _ = c.Write([]byte(okResponse[:len(okResponse)-1]))
			time.Sleep(5 * time.Millisecond)
			_ = c.SetLinger(0)
		}},
	} {
		report := run(t, steady(serve(t, each.answer), count, 100*time.Millisecond))
		expectOutcomes(t, report, map[string]int64{each.cause: count})
	}
}

func TestRefused(t *testing.T) {
	isolated.Require(t)
	report := run(t, steady(misbehaving.Unused(t), 20, 100*time.Millisecond))
	expectOutcomes(t, report, map[string]int64{"refused": 20})
}

func TestUnreachable(t *testing.T) {
	isolated.Require(t)
	report := run(t, steady("203.0.113.1:80", 20, 100*time.Millisecond)) // there is no route but loopback's
	expectOutcomes(t, report, map[string]int64{"unreachable": 20})
}

func TestIPv6(t *testing.T) {
	isolated.Require(t)
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here:", err)
	}
	address := listener.Addr().String()
	listener.Close()
	report := run(t, steady(address, 5, 50*time.Millisecond))
	expectOutcomes(t, report, map[string]int64{"refused": 5})
}

func TestTimeoutsCountWithTheirFullWait(t *testing.T) {
	isolated.Require(t)
	const timeoutMs = 300
	for cause, address := range map[string]string{
		"connect-timeout":  misbehaving.ListenDeaf(t).Address,
		"response-timeout": serve(t, awaitClose),
	} {
		spec := steady(address, 20, 100*time.Millisecond)
		spec.TimeoutMs = timeoutMs
		report := run(t, spec)
		expectOutcomes(t, report, map[string]int64{cause: 20})
		if fastest := decode(t, report.Histograms.Latency).Min(); fastest < (timeoutMs-1)*1000 {
			t.Errorf("%s after %d µs, before its time was up", cause, fastest)
		}
	}
}

func TestLostSYNsShowUpInConnectTimes(t *testing.T) {
	isolated.Require(t)
	deaf := misbehaving.ListenDeaf(t)
	time.AfterFunc(400*time.Millisecond, func() { deaf.Serve(okResponse) })
	report := run(t, steady(deaf.Address, 1, 50*time.Millisecond))
	expectOutcomes(t, report, map[string]int64{"ok": 1})
	if slowest := decode(t, report.Histograms.Connect).Max(); slowest < 900_000 || slowest > 1_500_000 {
		t.Errorf("the SYN that was sent again after 1 s shows up as %d µs", slowest)
	}
	if report.TCP["synRetrans"] == 0 {
		t.Errorf("no SYN was sent again: %v", report.TCP)
	}
}

func TestPortsRunOut(t *testing.T) {
	isolated.Require(t)
	first := 20_000 + 10*rand.IntN(4000)                 // TIME_WAIT outlives a test that is run again
	setSysctl(t, "/proc/sys/net/ipv4/tcp_tw_reuse", "0") // the default reuses them on loopback
	setSysctl(t, "/proc/sys/net/ipv4/ip_local_port_range", portRange(first, first+9))
	address := serve(t, answering(okResponse))
	report := run(t, steady(address, 30, 300*time.Millisecond))
	// The listener has one of the ten ports.
	if exhausted := report.Outcomes["port-exhausted"]; exhausted < 20 || exhausted > 21 || report.Outcomes["ok"]+exhausted != 30 {
		t.Errorf("30 requests from 10 ports: %v", report.Outcomes)
	}
	if report.TCP["timeWaitAfter"] < report.Outcomes["ok"] {
		t.Errorf("the client does not keep the TIME_WAIT: %v", report.TCP)
	}
}

func TestResetLeavesNoTimeWait(t *testing.T) {
	isolated.Require(t)
	address := serve(t, answering(okResponse))
	before := run(t, steady(address, 1, 10*time.Millisecond)).TCP["timeWaitAfter"]
	spec := steady(address, 50, 100*time.Millisecond)
	spec.CloseWith = CloseRST
	report := run(t, spec)
	expectOutcomes(t, report, map[string]int64{"ok": 50})
	if report.TCP["timeWaitAfter"] > before+1 { // the one before may have been about to get there
		t.Errorf("TIME_WAIT sockets grew from %d to %d", before, report.TCP["timeWaitAfter"])
	}
}

func TestTooManyInFlightAreNotSent(t *testing.T) {
	isolated.Require(t)
	spec := steady(serve(t, awaitClose), 20, 100*time.Millisecond)
	spec.TimeoutMs, spec.MaxInFlight = 300, 3
	report := run(t, spec)
	expectOutcomes(t, report, map[string]int64{"response-timeout": 3, "not-sent": 17})
	if report.NotSent["inFlightCap"] != 17 || len(report.Saturated) > 0 {
		t.Errorf("a stalled target: not sent for %v, saturated %q", report.NotSent, report.Saturated)
	}
}

func TestOpenFilesBoundConnections(t *testing.T) {
	isolated.Require(t)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	low := limit
	low.Cur = 100
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) }()
	spec := steady(misbehaving.ListenDeaf(t).Address, 100, 100*time.Millisecond)
	spec.TimeoutMs = 300
	report := run(t, spec)
	inFlight := int64(report.MaxInFlight)
	if inFlight >= 100 || report.Outcomes["connect-timeout"] != inFlight || report.Outcomes["not-sent"] != 100-inFlight {
		t.Errorf("at most %d in flight, outcomes %v", inFlight, report.Outcomes)
	}
	if len(report.Saturated) != 1 || !strings.Contains(report.Saturated[0], "limit of open files") {
		t.Errorf("saturated %q", report.Saturated)
	}
}

func TestKeepsItsSchedule(t *testing.T) {
	isolated.Require(t)
	address := serve(t, answering(okResponse))
	report := run(t, steady(address, 500, time.Second))
	expectOutcomes(t, report, map[string]int64{"ok": 500})
	for _, slice := range report.Slices {
		if slice.Scheduled != 50 {
			t.Errorf("slice at %d ms: %d requests, want 50", slice.AtMs, slice.Scheduled)
		}
	}
	if lag := decode(t, report.Histograms.ScheduleLag).ValueAtQuantile(50); lag > 2000 {
		t.Errorf("half the requests were sent more than %d µs late", lag)
	}
	if took := report.FinishedAtUnixMs - report.StartedAtUnixMs; took < 900 || took > 2000 {
		t.Errorf("500 requests at 500 per second took %d ms", took)
	}
}

func TestThreadsShareTheSchedule(t *testing.T) {
	isolated.Require(t)
	spec := steady(serve(t, answering(okResponse)), 301, 300*time.Millisecond)
	spec.Threads = 3
	expectOutcomes(t, run(t, spec), map[string]int64{"ok": 301})
}

func TestStopsEarly(t *testing.T) {
	isolated.Require(t)
	ctx, stop := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer stop()
	report := runUntil(t, ctx, steady(serve(t, answering(okResponse)), 1000, 10*time.Second))
	if report.Scheduled < 20 || report.Scheduled > 60 {
		t.Errorf("%d requests scheduled in 300 ms at 100 per second", report.Scheduled)
	}
	expectOutcomes(t, report, map[string]int64{"ok": report.Scheduled})
}

func TestStartsAtItsInstant(t *testing.T) {
	isolated.Require(t)
	at := time.UnixMilli(time.Now().UnixMilli() + 200)
	report, err := Run(context.Background(), steady(misbehaving.Unused(t), 5, 50*time.Millisecond), at)
	if err != nil {
		t.Fatal(err)
	}
	if report.StartedAtUnixMs != at.UnixMilli() {
		t.Errorf("started %d ms late", report.StartedAtUnixMs-at.UnixMilli())
	}
}

func TestMemoryDoesNotGrowWithRequests(t *testing.T) {
	isolated.Require(t)
	address := misbehaving.Unused(t)
	allocations := func(requests int) uint64 {
		p, err := steady(address, requests, time.Second).plan()
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		counted, err := drive(context.Background(), p, p.maxInFlight, time.Now(), nil)
		runtime.ReadMemStats(&after)
		if err != nil || counted.outcomes[refused] != int64(requests) {
			t.Fatalf("outcomes %v (%v)", counted.outcomes, err)
		}
		return after.Mallocs - before.Mallocs
	}
	few, many := allocations(100), allocations(10_000)
	if many > few+1000 {
		t.Errorf("100 requests allocate %d times, 10,000 requests %d times", few, many)
	}
}

func TestBadSpecs(t *testing.T) {
	good := steady("127.0.0.1:80", 1, time.Second)
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Spec){
		"a name as address":            func(s *Spec) { s.Target.Address = "web:80" },
		"no stage":                     func(s *Spec) { s.Stages = nil },
		"a negative rate":              func(s *Spec) { s.Stages = []Stage{{DurationMs: 1, FromPerSecond: -1}} },
		"no duration":                  func(s *Spec) { s.Stages = []Stage{{FromPerSecond: 1, ToPerSecond: 1}} },
		"no timeout":                   func(s *Spec) { s.TimeoutMs = 0 },
		"too long a timeout":           func(s *Spec) { s.TimeoutMs = 10_000_000 },
		"nothing in flight":            func(s *Spec) { s.MaxInFlight = 0 },
		"unknown arrivals":             func(s *Spec) { s.Arrivals = "bursty" },
		"unknown close":                func(s *Spec) { s.CloseWith = "never" },
		"a header in a path":           func(s *Spec) { s.Target.Path = "/\r\nX: y" },
		"a negative slice":             func(s *Spec) { s.SliceMs = -1 },
		"a header's line end":          func(s *Spec) { s.Headers = map[string]string{"X": "a\r\nY: b"} },
		"a header's name":              func(s *Spec) { s.Headers = map[string]string{"X Y": "a"} },
		"a length of one's own":        func(s *Spec) { s.Headers = map[string]string{"content-length": "7"} },
		"more than all kept":           func(s *Spec) { s.KeepAliveRatio = 1.5 },
		"a source's name":              func(s *Spec) { s.SourceAddresses = []string{"web"} },
		"a source of the other family": func(s *Spec) { s.SourceAddresses = []string{"::1"} },
		"too many threads":             func(s *Spec) { s.Threads = 1000 },
	} {
		spec := good
		spoil(&spec)
		if err := spec.Validate(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
