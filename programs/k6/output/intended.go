package output

import (
	"strconv"
	"time"

	"go.k6.io/k6/lib/netext/httpext"
)

// The names of what a script says about its iteration: see suites/connection-flood/k6/support/intended.ts, which sets
// them as metadata of the virtual user's metrics.
const (
	metadataScheduledAt = "scheduled_at_ms" // Unix time of the intended instant, within the last ms
	metadataLag         = "schedule_lag_ms" // from the intended instant to the iteration's begin, exactly
	metadataStart       = "schedule_start"  // "unknown": both are off by one shift, the same in all iterations
)

// intent is when a request should have begun.
type intent struct {
	scheduledAt time.Time
	lag         time.Duration
	known       bool // the script said so; otherwise its begin stands for it
	floating    bool // the schedule began by some unknown time later than the script says
}

func readIntent(trail *httpext.Trail, p phases) intent {
	scheduledAt, hasInstant := number(trail.Metadata, metadataScheduledAt)
	lagMs, hasLag := number(trail.Metadata, metadataLag)
	if !hasInstant || !hasLag {
		return intent{scheduledAt: trail.EndTime.Add(-p.sinceBegin)}
	}
	return intent{
		scheduledAt: time.UnixMicro(int64(scheduledAt * 1000)),
		lag:         max(milliseconds(lagMs), 0),
		known:       true,
		floating:    trail.Metadata[metadataStart] == "unknown",
	}
}

// asBegun forgets what was intended.
func (i intent) asBegun() intent { return intent{scheduledAt: i.scheduledAt.Add(i.lag)} }

// shifted sets the schedule's start right.
func (i intent) shifted(by time.Duration) intent {
	i.scheduledAt = i.scheduledAt.Add(by)
	i.lag = max(i.lag-by, 0)
	return i
}

// latency runs from the intended instant to the request's end. k6 tells instants in whole ms only, so
// where the trail covers the whole request its parts are added up instead.
func (i intent) latency(trail *httpext.Trail, p phases, complete bool) time.Duration {
	if complete {
		return i.lag + p.sinceBegin
	}
	return max(trail.EndTime.Sub(i.scheduledAt), i.lag+p.sinceBegin)
}

func number(metadata map[string]string, name string) (float64, bool) {
	text, set := metadata[name]
	if !set {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
