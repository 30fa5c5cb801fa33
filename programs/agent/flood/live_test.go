package flood

import (
	"context"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/misbehaving"
	"packetwalk.dev/agent/periods"
)

// runTold runs a spec and gives its periods beside the report, having checked what must hold of them.
func runTold(t *testing.T, ctx context.Context, spec Spec, onPeriod func(periods.Period)) ([]periods.Period, Report) {
	t.Helper()
	spec.LiveMs = 100
	var told []periods.Period
	report, err := RunLive(ctx, spec, time.Now(), &Live{OnPeriod: func(each periods.Period) {
		told = append(told, each)
		if onPeriod != nil {
			onPeriod(each)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	var scheduled int64
	outcomes := map[string]int64{"ok": 0}
	for i, each := range told {
		if each.AtMs != int64(100*(i+1)) {
			t.Errorf("period %d ends at %d ms", i, each.AtMs)
		}
		scheduled += each.Scheduled
		outcomes["ok"] += each.Ok
		ended := each.Ok
		for how, count := range each.Outcomes {
			outcomes[how] += count
			ended += count
		}
		if each.Ended != ended || decode(t, each.OkLatency).TotalCount() != each.Ok {
			t.Errorf("period %d: %d ended, %d latencies: %+v", i, ended, decode(t, each.OkLatency).TotalCount(), each)
		}
	}
	if scheduled != report.Scheduled || told[len(told)-1].InFlight != 0 {
		t.Errorf("periods hold %d requests of %d, %d in flight at the end", scheduled, report.Scheduled, told[len(told)-1].InFlight)
	}
	expectOutcomes(t, report, outcomes)
	return told, report
}

func TestLivePeriodsAddUp(t *testing.T) {
	isolated.Require(t)
	var turn atomic.Int64
	address := serve(t, func(c *net.TCPConn) {
		text := okResponse
		if turn.Add(1)%3 == 0 {
			text = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
		}
		answering(text)(c)
	})
	spec := steady(address, 301, 600*time.Millisecond)
	spec.Threads = 3
	told, report := runTold(t, context.Background(), spec, nil)
	if len(told) < 6 || report.Outcomes["status-503"] != 100 || report.StoppedAtMs != nil {
		t.Errorf("%d periods, outcomes %v, stopped at %v", len(told), report.Outcomes, report.StoppedAtMs)
	}
}

func TestLiveCountsWhereItEnded(t *testing.T) {
	isolated.Require(t)
	address := serve(t, func(c *net.TCPConn) {
		time.Sleep(250 * time.Millisecond)
		answering(okResponse)(c)
	})
	told, _ := runTold(t, context.Background(), steady(address, 10, 50*time.Millisecond), nil)
	first := told[0]
	if first.Ended != 0 || first.InFlight != first.Scheduled || told[1].Ended != 0 {
		t.Errorf("answers come after 250 ms, and the first periods are %+v", told[:2])
	}
	if last := told[len(told)-1]; last.AtMs < 300 {
		t.Errorf("all ended within %d ms", last.AtMs)
	}
}

func TestLiveTimeoutsAreToldAfterTheSchedule(t *testing.T) {
	isolated.Require(t)
	spec := steady(misbehaving.ListenDeaf(t).Address, 10, 50*time.Millisecond)
	spec.TimeoutMs = 400
	told, _ := runTold(t, context.Background(), spec, nil)
	ended := map[string]int64{}
	for _, each := range told {
		if each.AtMs < 400 && each.Ended > 0 {
			t.Errorf("%+v, before any request's time was up", each)
		}
		ended["connect-timeout"] += each.Outcomes["connect-timeout"]
	}
	if ended["connect-timeout"] != 10 {
		t.Errorf("%v", ended)
	}
}

// Whoever watches can stop it: that shows too that periods are told while it runs.
func TestLiveCanBeStopped(t *testing.T) {
	isolated.Require(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	spec := steady(serve(t, answering(okResponse)), 6000, time.Minute)
	told, report := runTold(t, ctx, spec, func(each periods.Period) {
		if each.AtMs == 300 {
			stop()
		}
	})
	if report.Scheduled < 1 || report.Scheduled > 3000 {
		t.Errorf("%d of 6000 requests scheduled, in %d periods", report.Scheduled, len(told))
	}
	if report.StoppedAtMs == nil || *report.StoppedAtMs < 300 || *report.StoppedAtMs > told[len(told)-1].AtMs {
		t.Errorf("stopped at %v, the last of %d periods ends at %d ms", report.StoppedAtMs, len(told), told[len(told)-1].AtMs)
	}
	for _, each := range told {
		if begin := each.AtMs - 100; begin > *report.StoppedAtMs && each.Scheduled > 0 {
			t.Errorf("stopped at %d ms, and after that %+v", *report.StoppedAtMs, each)
		}
	}
}

func TestLiveMemoryDoesNotGrowWithRequests(t *testing.T) {
	isolated.Require(t)
	address := misbehaving.Unused(t)
	allocations := func(requests int) uint64 {
		spec := steady(address, requests, time.Second)
		spec.LiveMs = 200
		p, err := spec.plan()
		if err != nil {
			t.Fatal(err)
		}
		told := int64(0)
		live := &Live{OnPeriod: func(each periods.Period) { told += each.Ended }}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = drive(context.Background(), p, p.maxInFlight, time.Now(), live)
		runtime.ReadMemStats(&after)
		if err != nil || told != int64(requests) {
			t.Fatalf("%d told (%v)", told, err)
		}
		return after.Mallocs - before.Mallocs
	}
	few, many := allocations(100), allocations(10_000)
	if many > few+1000 {
		t.Errorf("100 requests allocate %d times, 10,000 requests %d times", few, many)
	}
}

func TestExpectedStatuses(t *testing.T) {
	isolated.Require(t)
	const count = 10
	for _, each := range []struct {
		expect []int
		status string
		cause  string
	}{
		{nil, "302 Found", "ok"},
		{[]int{200, 201}, "201 Created", "ok"},
		{[]int{200, 201}, "200 OK", "ok"},
		{[]int{200, 201}, "202 Accepted", "unexpected-status"},
		{[]int{200, 201}, "302 Found", "unexpected-status"},
		{[]int{200, 201}, "404 Not Found", "status-4xx"},
		{[]int{200, 201}, "503 Busy", "status-503"},
		{[]int{404}, "404 Not Found", "ok"},
		{[]int{404}, "200 OK", "unexpected-status"},
		{[]int{503}, "503 Busy", "ok"},
	} {
		spec := steady(serve(t, answering("HTTP/1.1 "+each.status+"\r\nContent-Length: 0\r\n\r\n")), count, 50*time.Millisecond)
		spec.Expect = each.expect
		report := run(t, spec)
		if report.Outcomes[each.cause] != count {
			t.Errorf("%s where %v are good: %v", each.status, each.expect, report.Outcomes)
		}
	}
	for _, ratio := range []float64{0, 1} { // a response's end is the stream's end, too
		spec := steady(serve(t, func(c *net.TCPConn) { _, _ = c.Write([]byte("HTTP/1.0 200 OK\r\n\r\nall")) }), count, 50*time.Millisecond)
		spec.Expect, spec.KeepAliveRatio = []int{204}, ratio
		expectOutcomes(t, run(t, spec), map[string]int64{"unexpected-status": count})
	}
}

func TestBadLiveSpecs(t *testing.T) {
	for name, each := range map[string]struct {
		spoil func(*Spec)
		says  string
	}{
		"an interim status":  {func(s *Spec) { s.Expect = []int{200, 100} }, "expect: 100"},
		"no status":          {func(s *Spec) { s.Expect = []int{600} }, "expect: 600"},
		"too short a period": {func(s *Spec) { s.LiveMs = 10 }, "liveMs must be"},
		"a negative period":  {func(s *Spec) { s.LiveMs = -1000 }, "liveMs must be"},
		"too long a period":  {func(s *Spec) { s.LiveMs = 60_001 }, "liveMs must be"},
	} {
		spec := steady("127.0.0.1:80", 1, time.Second)
		each.spoil(&spec)
		if err := spec.Validate(); err == nil || !strings.Contains(err.Error(), each.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
