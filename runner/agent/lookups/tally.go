package lookups

import (
	"sync"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

const (
	// A resolver's default timeout is 5 s: whatever took about as long has met one.
	stall = 4900 * time.Millisecond
	// lateLimit is by how much a look-up may begin after its instant (as in flood's watch.go).
	lateLimit = 10 * time.Millisecond
)

// tally counts how look-ups ended. It may be used from several goroutines.
type tally struct {
	lock                            sync.Mutex
	latency, okLatency, scheduleLag histogram.Histogram
	late                            int64
	kinds                           []kind
	sliceLength                     time.Duration
	slices                          []slice
}

type kind struct {
	scheduled, stalls int64
	outcomes          map[Outcome]int64
	latency           *histogram.Histogram
}

type slice struct {
	scheduled, ok, failed int64
	okLatency             []time.Duration
}

func newTally(kinds int, duration, sliceLength time.Duration) *tally {
	t := &tally{
		kinds:       make([]kind, kinds),
		sliceLength: sliceLength,
		slices:      make([]slice, (duration+sliceLength-1)/sliceLength),
	}
	for i := range t.kinds {
		t.kinds[i] = kind{outcomes: map[Outcome]int64{OK: 0}, latency: new(histogram.Histogram)}
	}
	return t
}

// schedule counts a look-up that is due at an instant, and by how much it begins late.
func (t *tally) schedule(of int, at, lag time.Duration) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.kinds[of].scheduled++
	t.slices[at/t.sliceLength].scheduled++
	t.scheduleLag.Record(lag)
	if lag > lateLimit {
		t.late++
	}
}

// finish counts how it ended, and how long it took from its instant.
func (t *tally) finish(of int, at time.Duration, how Outcome, took time.Duration) {
	t.lock.Lock()
	defer t.lock.Unlock()
	kind, slice := &t.kinds[of], &t.slices[at/t.sliceLength]
	kind.outcomes[how]++
	if how != NotSent {
		t.latency.Record(took)
		kind.latency.Record(took)
		if took >= stall {
			kind.stalls++
		}
	}
	if how != OK {
		slice.failed++
		return
	}
	slice.ok++
	slice.okLatency = append(slice.okLatency, took)
	t.okLatency.Record(took)
}

func (t *tally) scheduled() (all int64) {
	for _, each := range t.kinds {
		all += each.scheduled
	}
	return all
}

func (t *tally) outcomes() map[string]int64 {
	all := map[string]int64{}
	for _, each := range t.kinds {
		for how, count := range each.outcomes {
			all[string(how)] += count
		}
	}
	return all
}

func (t *tally) reportSlices() []flood.Slice {
	reported := make([]flood.Slice, len(t.slices))
	var okLatency histogram.Histogram
	for i, from := range t.slices {
		okLatency.Reset()
		for _, took := range from.okLatency {
			okLatency.Record(took)
		}
		reported[i] = flood.Slice{
			AtMs:      int64(i) * t.sliceLength.Milliseconds(),
			Scheduled: from.scheduled,
			Ok:        from.ok,
			Failed:    from.failed,
		}
		reported[i].FillLatency(&okLatency)
	}
	return reported
}
