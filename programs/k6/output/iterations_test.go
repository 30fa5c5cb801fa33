package output

import (
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/k6/worker"
)

// perSecond is 100 iterations/s for 10 s.
func perSecond() worker.Spec {
	return worker.Spec{
		Script: &worker.Script{MostPerSecond: 1000},
		Spec:   flood.Spec{Stages: []flood.Stage{{DurationMs: 10_000, FromPerSecond: 100, ToPerSecond: 100}}},
	}
}

// began has so many iterations begin in each second.
func began(counts ...int) *iterations {
	i := &iterations{}
	for second, count := range counts {
		for range count {
			i.began(time.Duration(second)*time.Second + time.Millisecond)
		}
	}
	return i
}

func TestIterationsThatKeptTheScheduleAreNoLimit(t *testing.T) {
	i := began(100, 100, 100, 100, 100, 100, 100, 100, 100, 99) // the last one of all k6 may not begin
	if never, why := i.missing(perSecond(), 10*time.Second), i.saturation(perSecond(), nil); never != 0 || len(why) != 0 {
		t.Errorf("%d missing, %v", never, why)
	}
}

func TestIterationsThatBeganLateAreSaid(t *testing.T) {
	i := began(100, 50, 50, 200, 100, 100, 100, 100, 100, 100)
	why := i.saturation(perSecond(), nil)
	if i.missing(perSecond(), 10*time.Second) != 0 || len(why) != 1 || !strings.Contains(why[0], "in 2 of 10 s") {
		t.Errorf("%v", why)
	}
}

func TestIterationsThatNeverBeganAreMissing(t *testing.T) {
	i := began(100, 100, 100, 100, 100, 100, 100, 100, 100)
	i.dropped(9*time.Second, 40)
	if never := i.missing(perSecond(), 10*time.Second); never != 50 { // of 990 that are due 100 ms before the end
		t.Errorf("%d missing, want 50", never)
	}
}

func TestWhatAStopCutOffIsNoLimit(t *testing.T) {
	stoppedAtMs := int64(2500)
	i := began(100, 100, 20) // 30 were in flight
	if why := i.saturation(perSecond(), &stoppedAtMs); len(why) != 0 {
		t.Errorf("%v", why)
	}
}
