package flood

import (
	"math"
	"testing"
	"time"
)

func takeAll(p plan) []time.Duration {
	var all []time.Duration
	from := newArrivals(p)
	for {
		at, more := from.take()
		if !more {
			return all
		}
		all = append(all, at)
	}
}

func TestEvenArrivals(t *testing.T) {
	all := takeAll(plan{arrivals: Constant, seed: 3, stages: []Stage{{DurationMs: 6000, FromPerSecond: 600, ToPerSecond: 600}}})
	if len(all) != 3600 {
		t.Fatalf("%d arrivals in 6 s at 600 per second", len(all))
	}
	for i, at := range all[1:] {
		if gap := at - all[i]; math.Abs(gap.Seconds()-1.0/600) > 1e-6 {
			t.Fatalf("gap %d is %v", i, gap)
		}
	}
}

func TestRampedArrivals(t *testing.T) {
	stages := []Stage{
		{DurationMs: 2000, FromPerSecond: 0, ToPerSecond: 1000},
		{DurationMs: 500},
		{DurationMs: 1000, FromPerSecond: 1000, ToPerSecond: 500},
	}
	all := takeAll(plan{arrivals: Constant, stages: stages})
	if len(all) != 1000+750 {
		t.Fatalf("%d arrivals, want 1750", len(all))
	}
	counts := [7]int{}
	for i, at := range all {
		if i > 0 && at < all[i-1] {
			t.Fatalf("arrival %d is before the one before", i)
		}
		counts[at/(500*time.Millisecond)]++
	}
	// The areas under 0→250→500→750→1000, 0, 1000→750→500 per second, per half second.
	for i, want := range [7]int{62, 187, 312, 437, 0, 437, 312} {
		if counts[i] < want-1 || counts[i] > want+2 {
			t.Errorf("half second %d has %d arrivals, want %d", i, counts[i], want)
		}
	}
}

func TestPoissonArrivals(t *testing.T) {
	p := plan{arrivals: Poisson, seed: 7, stages: []Stage{{DurationMs: 10_000, FromPerSecond: 1000, ToPerSecond: 1000}}}
	all := takeAll(p)
	if math.Abs(float64(len(all))-10_000) > 4*100 { // 4 standard deviations
		t.Fatalf("%d arrivals, want about 10,000", len(all))
	}
	long := 0
	for i, at := range all[1:] {
		if at-all[i] > time.Millisecond {
			long++
		}
	}
	if share := float64(long) / float64(len(all)); math.Abs(share-1/math.E) > 0.02 {
		t.Errorf("%.3f of the gaps are longer than the mean, want 1/e", share)
	}
	p.worker = 1
	if again := takeAll(p); len(again) == len(all) && again[0] == all[0] {
		t.Error("two workers have the same arrivals")
	}
}
