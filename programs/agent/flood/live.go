package flood

import (
	"sync/atomic"
	"time"
)

// publishPause is how often a thread tells what it counted: its inner loop touches no shared memory.
const publishPause = 100 * time.Millisecond

// Live holds how many requests have ended how so far, for whoever watches a flood while it runs. The
// zero value is ready.
type Live struct {
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
