package openload

import (
	"time"

	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/periods"
)

// live counts for whoever is told of periods while a load runs.
type live struct {
	teller *periods.Teller // nil: nobody is
	number int64           // of the period that is counted
	counts periods.Counts
	// okLatency of the period, and what it held when that was taken.
	okLatency, taken histogram.Histogram
}

func newLive(spec Spec, tell func(periods.Period)) *live {
	if spec.LiveMs == 0 || tell == nil {
		return &live{}
	}
	length := time.Duration(spec.LiveMs) * time.Millisecond
	return &live{teller: periods.NewTeller(length, 1, tell), counts: noCounts()}
}

func noCounts() periods.Counts { return periods.Counts{Failed: map[string]int64{}} }

// turn hands the period over if it has ended at an instant of the load.
func (l *live) turn(now time.Duration) {
	if l.teller == nil {
		return
	}
	if number := l.teller.Of(now); number > l.number {
		l.teller.Pass(0, l.number, l.take(), number)
		l.number = number
	}
}

func (l *live) schedule(now, lag time.Duration) {
	if l.teller == nil {
		return
	}
	l.turn(now)
	l.counts.Scheduled++
	l.counts.Lag = max(l.counts.Lag, lag)
}

func (l *live) finish(now time.Duration, outcome string, took time.Duration) {
	if l.teller == nil {
		return
	}
	l.turn(now)
	if outcome != OK {
		l.counts.Failed[outcome]++
		return
	}
	l.counts.Ok++
	l.okLatency.Record(took)
}

func (l *live) take() periods.Counts {
	taken := l.counts
	taken.OkLatency = l.okLatency.Growth(&l.taken)
	l.counts = noCounts()
	return taken
}

// end tells what is left.
func (l *live) end(now time.Duration) {
	if l.teller == nil {
		return
	}
	l.turn(now)
	l.teller.Leave(0, l.number, l.take())
	l.teller.End()
}

// untilNext is how long the period goes on; no less than nothing.
func (l *live) untilNext(now time.Duration) time.Duration {
	return max(time.Duration(l.number+1)*l.teller.Length()-now, 0)
}
