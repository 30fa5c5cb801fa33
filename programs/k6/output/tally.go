package output

import (
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

// openSlices is how many of the last slices keep a whole histogram each; older ones are compacted, so
// that memory grows with the length of the run by little, and not at all with the number of requests.
const openSlices = 8

// tally counts requests. Its memory does not depend on their number.
type tally struct {
	outcomes                                                 map[string]int64
	latency, okLatency, connect, firstByte, tls, scheduleLag histogram.Histogram
	reused, bytesRead                                        int64
	sliceLength                                              time.Duration
	slices                                                   []slice
	spare                                                    histogram.Spares
}

type slice struct {
	ok, failed int64
	open       *histogram.Histogram // okLatency, of requests that ended not long ago
	closed     []histogram.Bucket   // okLatency of earlier ones
}

func newTally(sliceLength time.Duration) *tally {
	return &tally{outcomes: map[string]int64{ok: 0}, sliceLength: sliceLength}
}

// finish counts how a request ended that was intended for the given time since the load's start.
func (t *tally) finish(at time.Duration, how string, took time.Duration) {
	t.outcomes[how]++
	index := max(int(at/t.sliceLength), 0)
	t.growTo(index)
	each := &t.slices[index]
	if how != notSent {
		t.latency.Record(took)
	}
	if how != ok {
		each.failed++
		return
	}
	each.ok++
	t.okLatency.Record(took)
	if each.open == nil {
		each.open = t.spare.Take()
	}
	each.open.Record(took)
}

func (t *tally) growTo(index int) {
	for len(t.slices) <= index {
		t.slices = append(t.slices, slice{})
		if old := len(t.slices) - 1 - openSlices; old >= 0 {
			t.compact(old)
		}
	}
}

// compact also takes in slices that a late request opened again.
func (t *tally) compact(last int) {
	for i := range last + 1 {
		each := &t.slices[i]
		if each.open == nil {
			continue
		}
		each.open.MergeCompact(each.closed)
		each.closed = each.open.Compact()
		t.spare.Give(each.open)
		each.open = nil
	}
}

// fill puts what was counted into a report.
func (t *tally) fill(report *flood.Report) error {
	t.compact(len(t.slices) - 1)
	report.Outcomes = t.outcomes
	report.Reused = t.reused
	report.BytesRead = t.bytesRead
	report.Slices = make([]flood.Slice, len(t.slices))
	for i, each := range t.slices {
		okLatency := t.spare.Take()
		okLatency.MergeCompact(each.closed)
		report.Slices[i] = flood.Slice{
			AtMs:      int64(i) * t.sliceLength.Milliseconds(),
			Scheduled: each.ok + each.failed,
			Ok:        each.ok,
			Failed:    each.failed,
		}
		report.Slices[i].FillLatency(okLatency)
		report.Scheduled += each.ok + each.failed
		t.spare.Give(okLatency)
	}
	report.Sent = report.Scheduled - t.outcomes[notSent]
	var err error
	report.Histograms, err = flood.Recorded{
		Latency: &t.latency, OkLatency: &t.okLatency, Connect: &t.connect,
		TLS: &t.tls, FirstByte: &t.firstByte, ScheduleLag: &t.scheduleLag,
	}.Encode()
	return err
}
