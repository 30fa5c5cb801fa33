package flood

import (
	"sync/atomic"
	"time"

	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/periods"
)

// publishPause is how often a thread tells what it counted: its inner loop touches no shared memory.
const publishPause = 100 * time.Millisecond

// Live holds how many requests have ended how so far, for whoever watches a flood while it runs. The
// zero value is ready.
type Live struct {
	// OnPeriod is told of each period that is over, where the spec has a length for them (liveMs); in
	// order, and not by the threads that make the load.
	OnPeriod func(periods.Period)

	outcomes [outcomeCount]atomic.Int64
}

// Outcomes gives the counts up to a moment ago, of those outcomes that happened.
func (l *Live) Outcomes() map[string]int64 {
	counts := map[string]int64{}
	for how := range l.outcomes {
		if count := l.outcomes[how].Load(); count > 0 {
			counts[outcomeNames[how]] = count
		}
	}
	return counts
}

// publisher adds one thread's counts to a Live, if there is one.
type publisher struct {
	to        *Live
	next      time.Duration
	published [outcomeCount]int64
}

func (p *publisher) turn(now time.Duration, counted *tally) {
	if p.to == nil || now < p.next {
		return
	}
	p.next = now + publishPause
	for how, count := range counted.outcomes {
		p.to.outcomes[how].Add(count - p.published[how])
	}
	p.published = counted.outcomes
}

// share hands one thread's counts over, once a period, if somebody is to be told of periods. What ends
// in a turn of the driver's loop belongs to the period in which the turn began.
type share struct {
	teller *periods.Teller // nil: nobody is
	thread int
	number int64 // of the period that the thread is in

	// What was counted until it began.
	scheduled int64
	outcomes  [outcomeCount]int64
	okLatency histogram.Histogram
}

// end is when the period is over.
func (s *share) end() time.Duration { return time.Duration(s.number+1) * s.teller.Length() }

func (s *share) turn(now time.Duration, counted *tally) {
	if s.teller == nil || now < s.end() {
		return
	}
	number := s.teller.Of(now)
	s.teller.Pass(s.thread, s.number, s.take(counted), number)
	s.number = number
}

// leave hands over what is left when the thread ends.
func (s *share) leave(now time.Duration, counted *tally) {
	if s.teller == nil {
		return
	}
	s.turn(now, counted)
	s.teller.Leave(s.thread, s.number, s.take(counted))
}

// take gives what was counted since it was asked last.
func (s *share) take(counted *tally) periods.Counts {
	scheduled := counted.scheduleLag.Total()
	taken := periods.Counts{
		Scheduled: scheduled - s.scheduled,
		Ok:        counted.outcomes[ok] - s.outcomes[ok],
		Failed:    map[string]int64{},
		OkLatency: counted.okLatency.Growth(&s.okLatency),
		Lag:       counted.mostLag,
	}
	for how, count := range counted.outcomes {
		if grown := count - s.outcomes[how]; grown > 0 && outcome(how) != ok {
			taken.Failed[outcomeNames[how]] = grown
		}
	}
	s.scheduled, s.outcomes = scheduled, counted.outcomes
	counted.mostLag = 0
	return taken
}
