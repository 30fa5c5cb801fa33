package output

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/periods"
	"packetwalk.dev/k6/worker"
)

// live tells of the load while it runs, where the spec asks for it, as the agent's loads do. k6 hands a
// request over when it has ended: it counts as scheduled then, and what is in flight is not known. What is
// handed over in one go belongs to the period in which that was.
type live struct {
	length time.Duration // 0: nobody is to be told
	teller *periods.Teller
	number int64 // of the period that is counted in
	lag    time.Duration

	// What was counted until it began.
	outcomes  map[string]int64
	okLatency histogram.Histogram
}

// line is a period in which what k6 does not show is null.
type line struct {
	periods.Period
	LagMs    *float64 `json:"lagMs"`
	InFlight *int64   `json:"inFlight"`
}

func tell(period periods.Period) {
	told := line{Period: period}
	if period.LagMs > 0 { // an iteration that says when it was due is a little late at least
		told.LagMs = &period.LagMs
	}
	text, err := json.Marshal(told)
	if err != nil {
		return // its runner sees that it is missing
	}
	fmt.Fprintf(worker.Stdout, "live: %s\n", text)
}

// turn is to be called often, so that a period is told soon after its end.
func (l *live) turn(startedAt time.Time, counted *tally) {
	if l.length == 0 || startedAt.IsZero() {
		return
	}
	if l.teller == nil {
		l.teller = periods.NewTeller(l.length, 1, tell)
	}
	if number := l.teller.Of(time.Since(startedAt)); number > l.number {
		l.teller.Pass(0, l.number, l.take(counted), number)
		l.number = number
	}
}

func (l *live) late(lag time.Duration) { l.lag = max(l.lag, lag) }

// end tells the rest.
func (l *live) end(counted *tally) {
	if l.teller == nil {
		return
	}
	l.teller.Leave(0, l.number, l.take(counted))
	l.teller.End()
}

// take gives what was counted since it was asked last.
func (l *live) take(counted *tally) periods.Counts {
	taken := periods.Counts{
		Ok:        counted.outcomes[ok] - l.outcomes[ok],
		Failed:    map[string]int64{},
		OkLatency: counted.okLatency.Growth(&l.okLatency),
		Lag:       l.lag,
	}
	taken.Scheduled = taken.Ok
	for how, count := range counted.outcomes {
		if grown := count - l.outcomes[how]; grown > 0 && how != ok {
			taken.Failed[how] = grown
			taken.Scheduled += grown
		}
	}
	l.outcomes, l.lag = maps.Clone(counted.outcomes), 0
	return taken
}
