package flood

import (
	"time"

	"packetwalk.dev/agent/histogram"
)

// tally is what one thread counts.
type tally struct {
	outcomes  [outcomeCount]int64
	unsent    [unsentCount]int64 // why requests were not sent
	effort    effort
	reused    int64
	bytesRead int64
	// latency: scheduled instant to end, of every request that was sent; okLatency of the good ones.
	latency, okLatency histogram.Histogram
	// connect: connect(2) to established. tls: established to the end of the handshake. firstByte: request written to first byte of the response.
	connect, tls, firstByte histogram.Histogram
	// scheduleLag: scheduled instant to when the generator got to it.
	scheduleLag histogram.Histogram
	mostLag     time.Duration // since somebody was told of it last
	stoppedAt   time.Duration // when it was told to schedule no more, 0 if it was not

	sliceLength time.Duration
	slices      []slice
	firstOpen   int              // slices before it are closed
	spare       histogram.Spares // emptied ones of closed slices
}

// slice counts the requests that were scheduled in one stretch of time.
type slice struct {
	scheduled, ok, failed int64
	open                  *histogram.Histogram // okLatency while requests of this slice are in flight
	closed                []histogram.Bucket   // okLatency afterwards
}

func newTally(duration, sliceLength time.Duration) *tally {
	count := (duration + sliceLength - 1) / sliceLength
	return &tally{sliceLength: sliceLength, slices: make([]slice, count)}
}

// schedule counts a request as scheduled.
func (t *tally) schedule(at time.Duration) {
	t.slices[at/t.sliceLength].scheduled++
}

// launch counts by how much the generator came late to a request.
func (t *tally) launch(lag time.Duration) {
	t.scheduleLag.Record(lag)
	t.mostLag = max(t.mostLag, lag)
}

// finish counts how a request that was sent ended and how long it took from its scheduled instant.
func (t *tally) finish(at time.Duration, how outcome, took time.Duration) {
	t.outcomes[how]++
	slice := &t.slices[at/t.sliceLength]
	t.latency.Record(took)
	if how != ok {
		slice.failed++
		return
	}
	slice.ok++
	t.okLatency.Record(took)
	if slice.open == nil {
		slice.open = t.spare.Take()
	}
	slice.open.Record(took)
}

// finishUnsent counts a request that was not sent.
func (t *tally) finishUnsent(at time.Duration, why unsent) {
	t.outcomes[notSent]++
	t.unsent[why]++
	t.slices[at/t.sliceLength].failed++
}

// closeUntil compacts slices all of whose requests were scheduled before the given instant and
// have ended, so that memory does not grow by a whole histogram per slice.
func (t *tally) closeUntil(scheduled time.Duration) {
	for ; t.firstOpen < len(t.slices); t.firstOpen++ {
		slice := &t.slices[t.firstOpen]
		over := time.Duration(t.firstOpen+1)*t.sliceLength <= scheduled
		if !over || slice.ok+slice.failed < slice.scheduled {
			return
		}
		if slice.open != nil {
			slice.closed = slice.open.Compact()
			t.spare.Give(slice.open)
			slice.open = nil
		}
	}
}

// merge adds what another thread counted; both must have closed all slices.
func (t *tally) merge(other *tally) {
	for i, count := range other.outcomes {
		t.outcomes[i] += count
	}
	for i, count := range other.unsent {
		t.unsent[i] += count
	}
	t.effort.merge(other.effort)
	t.reused += other.reused
	t.bytesRead += other.bytesRead
	t.stoppedAt = max(t.stoppedAt, other.stoppedAt)
	t.latency.Merge(&other.latency)
	t.okLatency.Merge(&other.okLatency)
	t.connect.Merge(&other.connect)
	t.tls.Merge(&other.tls)
	t.firstByte.Merge(&other.firstByte)
	t.scheduleLag.Merge(&other.scheduleLag)
	for i := range t.slices {
		mine, theirs := &t.slices[i], &other.slices[i]
		mine.scheduled += theirs.scheduled
		mine.ok += theirs.ok
		mine.failed += theirs.failed
		mine.closed = append(mine.closed, theirs.closed...)
	}
}
