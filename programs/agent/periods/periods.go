// Package periods tells of a load while it runs: period by period, what its threads have counted. A
// thread hands over once a period, so that its inner loop shares nothing.
package periods

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"packetwalk.dev/agent/histogram"
)

// Period is what happened in one stretch of a load's time.
type Period struct {
	AtMs      int64            `json:"atMs"`      // its end, from the load's start; of the last one, where it would have ended
	Scheduled int64            `json:"scheduled"` // that the generator got to in it
	Ended     int64            `json:"ended"`     // in it, whenever they were due: ok and all outcomes
	Ok        int64            `json:"ok"`
	Outcomes  map[string]int64 `json:"outcomes"`  // of those that did not end well, by cause
	OkLatency string           `json:"okLatency"` // HDR histogram in µs, V2, base64: scheduled instant to end, of the good ones
	LagMs     float64          `json:"lagMs"`     // most time from a scheduled instant to when the generator got to it
	InFlight  int64            `json:"inFlight"`  // at its end
}

// Counts are what one thread counted in one period.
type Counts struct {
	Scheduled int64
	Ok        int64
	Failed    map[string]int64 // by cause
	OkLatency []histogram.Bucket
	Lag       time.Duration // the longest
}

const (
	shortest = 100 * time.Millisecond
	longest  = time.Minute
)

// Validate tells what is wrong with a length in ms, in one sentence; 0 is none.
func Validate(liveMs int) error {
	length := time.Duration(liveMs) * time.Millisecond
	if liveMs != 0 && (length < shortest || length > longest) {
		return fmt.Errorf("liveMs must be 0, or from %d to %d", shortest.Milliseconds(), longest.Milliseconds())
	}
	return nil
}

// Teller adds up what threads hand over, and tells each period when all threads are past it.
type Teller struct {
	length time.Duration
	tell   func(Period)
	wake   chan struct{}
	told   chan struct{} // closed when the last period was told

	lock     sync.Mutex // of what follows
	sums     map[int64]*sum
	passed   []int64 // by thread: the period that it is in
	ended    bool
	next     int64 // to tell
	inFlight int64
}

type sum struct {
	Counts
	okLatency histogram.Histogram
}

// NewTeller begins to tell, from one goroutine and in order, of periods of a length.
func NewTeller(length time.Duration, threads int, tell func(Period)) *Teller {
	t := &Teller{
		length: length,
		tell:   tell,
		wake:   make(chan struct{}, 1),
		told:   make(chan struct{}),
		sums:   map[int64]*sum{},
		passed: make([]int64, threads),
	}
	go t.work()
	return t
}

// Length is that of its periods.
func (t *Teller) Length() time.Duration { return t.length }

// Of is the number of the period that an instant of the load lies in.
func (t *Teller) Of(at time.Duration) int64 { return int64(max(at, 0) / t.length) }

// Pass takes what a thread counted in a period, and notes the one that it is in now.
func (t *Teller) Pass(thread int, number int64, counted Counts, now int64) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.add(number, counted)
	t.passed[thread] = now
	t.rouse()
}

// Leave is Pass of a thread that has ended.
func (t *Teller) Leave(thread int, number int64, counted Counts) {
	t.Pass(thread, number, counted, math.MaxInt64)
}

// End tells what is left, and returns when that is told.
func (t *Teller) End() {
	t.lock.Lock()
	t.ended = true
	t.rouse()
	t.lock.Unlock()
	<-t.told
}

func (t *Teller) rouse() {
	select {
	case t.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (t *Teller) add(number int64, counted Counts) {
	into := t.sums[number]
	if into == nil {
		into = &sum{Counts: Counts{Failed: map[string]int64{}}}
		t.sums[number] = into
	}
	into.Scheduled += counted.Scheduled
	into.Ok += counted.Ok
	for cause, count := range counted.Failed {
		into.Failed[cause] += count
	}
	into.okLatency.MergeCompact(counted.OkLatency)
	into.Lag = max(into.Lag, counted.Lag)
}

func (t *Teller) work() {
	defer close(t.told)
	for range t.wake {
		ready, isLast := t.ready()
		for _, each := range ready {
			t.tell(each)
		}
		if isLast {
			return
		}
	}
}

// ready takes out the periods that no thread will add to.
func (t *Teller) ready() (ready []Period, isLast bool) {
	t.lock.Lock()
	defer t.lock.Unlock()
	until := slices.Min(t.passed)
	if t.ended {
		until = t.next
		for number := range t.sums {
			until = max(until, number+1)
		}
	} else if until == math.MaxInt64 {
		return nil, false // all have left, and the end is about to be said
	}
	for ; t.next < until; t.next++ {
		ready = append(ready, t.take(t.next))
	}
	return ready, t.ended
}

func (t *Teller) take(number int64) Period {
	from := t.sums[number]
	delete(t.sums, number)
	if from == nil {
		from = &sum{Counts: Counts{Failed: map[string]int64{}}}
	}
	period := Period{
		AtMs:      ((time.Duration(number) + 1) * t.length).Milliseconds(),
		Scheduled: from.Scheduled,
		Ended:     from.Ok,
		Ok:        from.Ok,
		Outcomes:  from.Failed,
		OkLatency: from.okLatency.EncodePlain(),
		LagMs:     float64(from.Lag) / float64(time.Millisecond),
	}
	for _, count := range from.Failed {
		period.Ended += count
	}
	t.inFlight += period.Scheduled - period.Ended
	period.InFlight = t.inFlight
	return period
}
