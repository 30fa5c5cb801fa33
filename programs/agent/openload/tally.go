package openload

import (
	"fmt"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

// lateLimit is by how much a thing may begin after its instant (as in flood's watch.go).
const lateLimit = 10 * time.Millisecond

type tally struct {
	latency, okLatency, scheduleLag histogram.Histogram
	scheduled, late                 int64
	outcomes                        map[string]int64
	sliceLength                     time.Duration
	slices                          []slice
	stoppedAt                       time.Duration // when it was told to begin no more, 0 if it was not
}

type slice struct {
	scheduled, ok, failed int64
	okLatency             []time.Duration
}

func newTally(spec Spec) *tally {
	length := spec.slice()
	return &tally{
		outcomes:    map[string]int64{OK: 0},
		sliceLength: length,
		slices:      make([]slice, (spec.Duration()+length-1)/length),
	}
}

// schedule counts a thing that is due at an instant, and by how much it begins late.
func (t *tally) schedule(at, lag time.Duration) {
	t.scheduled++
	t.slices[at/t.sliceLength].scheduled++
	t.scheduleLag.Record(lag)
	if lag > lateLimit {
		t.late++
	}
}

// finish counts how it ended, and how long it took from its instant.
func (t *tally) finish(at time.Duration, outcome string, took time.Duration) {
	slice := &t.slices[at/t.sliceLength]
	t.outcomes[outcome]++
	if outcome != NotSent {
		t.latency.Record(took)
	}
	if outcome != OK {
		slice.failed++
		return
	}
	slice.ok++
	slice.okLatency = append(slice.okLatency, took)
	t.okLatency.Record(took)
}

// fill puts what was counted into a report.
func (t *tally) fill(report *flood.Report) error {
	report.Scheduled = t.scheduled
	report.Outcomes = t.outcomes
	report.Sent = t.scheduled - t.outcomes[NotSent]
	if t.stoppedAt > 0 {
		at := t.stoppedAt.Milliseconds()
		report.StoppedAtMs = &at
	}
	report.NotSent = map[string]int64{}
	report.Saturated = []string{}
	if unsent := t.outcomes[NotSent]; unsent > 0 {
		report.NotSent["inFlightCap"] = unsent
	}
	// As flood judges it: a generator that most of the time was late was the bottleneck itself.
	if 2*t.late > t.scheduled {
		report.Saturated = append(report.Saturated, fmt.Sprintf("%d of %d began more than %v late", t.late, t.scheduled, lateLimit))
	}
	report.Slices = t.reportSlices()
	var none histogram.Histogram
	var err error
	report.Histograms, err = flood.Recorded{
		Latency: &t.latency, OkLatency: &t.okLatency, ScheduleLag: &t.scheduleLag,
		Connect: &none, TLS: &none, FirstByte: &none,
	}.Encode()
	return err
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
