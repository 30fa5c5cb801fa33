package openload

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/periods"
)

// Outcomes that every load has.
const (
	OK      = "ok"
	NotSent = "not-sent" // as many under way as may be
)

// Work is what to do. Its functions are called from several goroutines, Ended never from two at once.
type Work struct {
	// Begin starts a thing by its number, from 0, and calls end once when it has ended. Nobody waits
	// for it any longer after the deadline, but it counts as under way until then.
	Begin func(number int, deadline time.Time, end func(outcome string))
	// Ended is told how each thing ended: its scheduled instant after the load's start, and how long it
	// took from there, 0 for what was not sent. May be nil.
	Ended func(number int, at time.Duration, outcome string, took time.Duration)
	// Judge gives what an outcome counts as in the report, where that depends on the thing. May be nil.
	Judge func(number int, outcome string) string
	// Period is told of each period that is over, in order, where the spec has a length for them. May be nil.
	Period func(periods.Period)
	// TimedOut is the outcome of what had not ended in time.
	TimedOut string
}

// Run does things from startAt on (at once if that is past) and reports on them when the last has
// ended or timed out. When the context is done it begins no more of them.
func Run(ctx context.Context, spec Spec, startAt time.Time, work Work) (flood.Report, error) {
	if err := spec.Validate(); err != nil {
		return flood.Report{}, err
	}
	meter, err := flood.StartMeter()
	if err != nil {
		return flood.Report{}, err
	}
	start := time.Now()
	if wait := startAt.Sub(start); wait > 0 {
		start = start.Add(wait) // keeps the monotonic clock, which startAt need not have
	}
	r := run{spec: spec, start: start, work: work, tally: newTally(spec), live: newLive(spec, work.Period)}
	stop := r.keepTelling()
	r.drive(ctx)
	stop()
	report := flood.Report{
		Worker:           spec.Worker,
		StartedAtUnixMs:  start.UnixMilli(),
		FinishedAtUnixMs: time.Now().UnixMilli(),
		MaxInFlight:      spec.MaxInFlight,
	}
	if err := meter.Fill(&report); err != nil {
		return flood.Report{}, err
	}
	return report, r.tally.fill(&report)
}

type run struct {
	spec       Spec
	start      time.Time
	work       Work
	tally      *tally
	live       *live
	lock       sync.Mutex // of the two above
	underWay   atomic.Int64
	unfinished sync.WaitGroup // things of unknown outcome
}

func (r *run) drive(ctx context.Context) {
	number := 0
	for at := range r.spec.Instants() {
		if !sleepUntil(ctx, r.start.Add(at)) {
			r.tally.stoppedAt = max(time.Since(r.start), 1) // also where it had not begun
			break
		}
		r.begin(number, at)
		number++
	}
	r.unfinished.Wait()
}

func (r *run) begin(number int, at time.Duration) {
	due := r.start.Add(at)
	r.lock.Lock()
	lag := time.Since(due)
	r.tally.schedule(at, lag)
	r.live.schedule(at+lag, lag)
	r.lock.Unlock()
	if r.underWay.Add(1) > int64(r.spec.MaxInFlight) {
		r.underWay.Add(-1)
		r.finish(number, at, NotSent, 0)
		return
	}
	r.unfinished.Add(1)
	var once sync.Once
	decide := func(outcome string) {
		once.Do(func() {
			r.finish(number, at, outcome, time.Since(due))
			r.unfinished.Done()
		})
	}
	deadline := due.Add(r.spec.timeout())
	patience := time.AfterFunc(time.Until(deadline), func() { decide(r.work.TimedOut) })
	r.work.Begin(number, deadline, func(outcome string) {
		r.underWay.Add(-1)
		patience.Stop()
		decide(outcome)
	})
}

func (r *run) finish(number int, at time.Duration, outcome string, took time.Duration) {
	r.lock.Lock()
	defer r.lock.Unlock()
	judged := outcome
	if r.work.Judge != nil {
		judged = r.work.Judge(number, outcome)
	}
	r.tally.finish(at, judged, took)
	r.live.finish(time.Since(r.start), judged, took)
	if r.work.Ended != nil {
		r.work.Ended(number, at, outcome, took)
	}
}

// keepTelling has periods told of in which nothing begins or ends, until the load has ended and its last one was told.
func (r *run) keepTelling() (stop func()) {
	if r.live.teller == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var telling sync.WaitGroup
	telling.Go(func() {
		for {
			r.lock.Lock()
			now := time.Since(r.start)
			r.live.turn(now)
			next := r.live.untilNext(now)
			r.lock.Unlock()
			if !sleepUntil(ctx, time.Now().Add(next)) {
				return
			}
		}
	})
	return func() {
		cancel()
		telling.Wait()
		r.live.end(time.Since(r.start))
	}
}

// sleepUntil says false if the context was done first.
func sleepUntil(ctx context.Context, when time.Time) bool {
	timer := time.NewTimer(time.Until(when))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
