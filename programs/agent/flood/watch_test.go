package flood

import (
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/misbehaving"
)

// More requests than any thread can begin: the generator is the bottleneck, and must say so.
func TestOverloadOfTheGeneratorIsSaid(t *testing.T) {
	isolated.Require(t)
	spec := steady(misbehaving.Unused(t), 1_500_000, 1500*time.Millisecond)
	spec.TimeoutMs = 500
	report := run(t, spec)
	if len(report.Saturated) == 0 || !strings.Contains(report.Saturated[0], "more work than CPU time") {
		t.Errorf("saturated %q", report.Saturated)
	}
	if report.BusiestShare < 0.95 {
		t.Errorf("busy for %.3f of the busiest second", report.BusiestShare)
	}
	if report.NotSent["tooLate"] == 0 {
		t.Errorf("not sent for %v, outcomes %v", report.NotSent, report.Outcomes)
	}
}

// A slow target leaves the generator's threads at rest.
func TestASlowTargetIsNotTheGenerator(t *testing.T) {
	isolated.Require(t)
	spec := steady(serve(t, awaitClose), 300, time.Second)
	spec.TimeoutMs = 400
	report := run(t, spec)
	expectOutcomes(t, report, map[string]int64{"response-timeout": 300})
	if len(report.Saturated) > 0 || report.BusyShare <= 0 || report.BusyShare > 0.5 {
		t.Errorf("busy for %.3f of the time, saturated %q", report.BusyShare, report.Saturated)
	}
}

func TestWatchJudgesItsWindows(t *testing.T) {
	const turns = 100
	for name, each := range map[string]struct {
		lag      time.Duration
		busy     time.Duration // of each turn
		caughtUp func(turn int) bool
		behind   int
		late     int
	}{
		"at rest":                {0, 0, func(int) bool { return true }, 0, 0},
		"busy, catching up once": {0, 10 * time.Millisecond, func(turn int) bool { return turn == 50 }, 0, 0},
		"busy, never caught up":  {5 * time.Millisecond, 10 * time.Millisecond, func(int) bool { return false }, 1, 0},
		"late and busy":          {20 * time.Millisecond, 10 * time.Millisecond, func(int) bool { return true }, 1, 0},
		"late, not busy":         {20 * time.Millisecond, 0, func(int) bool { return true }, 0, 1},
	} {
		var w watch
		for turn := range turns {
			w.began(each.lag)
			w.turn(time.Duration(turn)*watchWindow/turns, each.busy, each.caughtUp(turn))
		}
		w.close()
		if found := w.effort; found.behind != each.behind || found.late != each.late || found.busy != turns*each.busy {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// The few requests that are left when a run's last second has hardly begun say nothing about a second.
func TestWatchDoesNotJudgeALittleRest(t *testing.T) {
	for rest, windows := range map[time.Duration]int{100 * time.Millisecond: 1, 500 * time.Millisecond: 2} {
		var w watch
		for at := time.Duration(0); at < watchWindow+rest; at += time.Millisecond {
			if at >= watchWindow {
				w.began(2 * lateLimit)
			}
			w.turn(at, 0, true)
		}
		if found := w.end(watchWindow+rest, 0); found.windows != windows || found.late != windows-1 {
			t.Errorf("%v into the second window: %+v", rest, found)
		}
	}
}
