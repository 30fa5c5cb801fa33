package periods

import (
	"reflect"
	"testing"
	"time"

	"packetwalk.dev/agent/histogram"
)

const length = 100 * time.Millisecond

func latencies(values ...time.Duration) []histogram.Bucket {
	var h histogram.Histogram
	for _, each := range values {
		h.Record(each)
	}
	return h.Compact()
}

func begin(threads int) (*Teller, chan Period) {
	told := make(chan Period, 100)
	return NewTeller(length, threads, func(each Period) { told <- each }), told
}

func TestAddsThreadsUp(t *testing.T) {
	teller, told := begin(2)
	teller.Pass(0, 0, Counts{Scheduled: 5, Ok: 2, OkLatency: latencies(time.Millisecond, 2*time.Millisecond), Lag: time.Millisecond}, 1)
	teller.Pass(1, 0, Counts{Scheduled: 3, Ok: 1, Failed: map[string]int64{"reset": 1}, OkLatency: latencies(time.Second), Lag: 3 * time.Millisecond}, 1)
	got := <-told
	if all, err := histogram.Decode(got.OkLatency); err != nil || all.TotalCount() != 3 || all.Max() < 999_000 {
		t.Errorf("%v: %v", err, all)
	}
	got.OkLatency = ""
	if want := (Period{AtMs: 100, Scheduled: 8, Ended: 4, Ok: 3, Outcomes: map[string]int64{"reset": 1}, LagMs: 3, InFlight: 4}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	teller.Leave(0, 1, Counts{})
	teller.Leave(1, 1, Counts{Ok: 4})
	teller.End()
	if last := <-told; last.AtMs != 200 || last.Ended != 4 || last.InFlight != 0 {
		t.Errorf("%+v", last)
	}
}

func TestWaitsForEveryThread(t *testing.T) {
	teller, told := begin(2)
	teller.Pass(0, 0, Counts{Scheduled: 1}, 3) // through 0, 1 and 2
	teller.Pass(1, 0, Counts{Scheduled: 1}, 1) // through 0 alone
	if first := <-told; first.AtMs != 100 || first.Scheduled != 2 {
		t.Errorf("%+v", first)
	}
	teller.Pass(1, 1, Counts{Scheduled: 7}, 2)
	if second := <-told; second.AtMs != 200 || second.Scheduled != 7 {
		t.Errorf("%+v, which the first thread had passed without a count", second)
	}
	teller.Leave(1, 2, Counts{})
	if third := <-told; third.AtMs != 300 || third.Scheduled != 0 {
		t.Errorf("%+v", third)
	}
	teller.Leave(0, 3, Counts{Scheduled: 2})
	teller.End()
	if last := <-told; last.AtMs != 400 || last.Scheduled != 2 {
		t.Errorf("%+v", last)
	}
	if len(told) > 0 {
		t.Errorf("%d more", len(told))
	}
}

func TestTellsNothingOfALoadThatNeverBegan(t *testing.T) {
	teller, told := begin(1)
	teller.End()
	if len(told) > 0 {
		t.Errorf("%+v", <-told)
	}
}

func TestOf(t *testing.T) {
	teller, _ := begin(1)
	defer teller.End()
	for at, want := range map[time.Duration]int64{-time.Second: 0, 0: 0, length - 1: 0, length: 1, 10*length + 1: 10} {
		if got := teller.Of(at); got != want {
			t.Errorf("%v lies in period %d, want %d", at, got, want)
		}
	}
}
