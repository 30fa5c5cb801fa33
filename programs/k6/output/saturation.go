package output

import (
	"fmt"
	"math"
	"time"

	"packetwalk.dev/k6/worker"
)

// Was k6 the bottleneck, or the target? The rules are those of the flood (programs/agent/flood/watch.go)
// as far as k6 shows what they need: iterations that began late, or never. An iteration that was
// dropped because all virtual users were busy is not among them: either there are too few for the
// rate, or the target is slow, and the report's notSent says that it happened.
const (
	watchWindow   = time.Second
	lateLimit     = 10 * time.Millisecond
	fewestToJudge = 20
	// lateStartLimit is by how much k6 may begin after the instant that its gate was opened for.
	lateStartLimit = 250 * time.Millisecond
)

// watch counts late beginnings in each second of the schedule.
type watch struct{ windows []window }

type window struct{ begun, late int }

func (w *watch) began(at, lag time.Duration) {
	index := int(at / watchWindow)
	for len(w.windows) <= index {
		w.windows = append(w.windows, window{})
	}
	w.windows[index].begun++
	if lag > lateLimit {
		w.windows[index].late++
	}
}

func (w *watch) starved() (count int) {
	for _, each := range w.windows {
		if each.begun >= fewestToJudge && 2*each.late > each.begun {
			count++
		}
	}
	return count
}

// neverBegun counts requests that the spec schedules and k6 neither made nor dropped: k6 says nothing
// of iterations that it had no time to begin. In a run that was stopped they are the requests that were
// given up in flight, and the spec counts up to the last one that was seen.
func (o *Output) neverBegun(stoppedEarly bool) int64 {
	if !o.paced {
		return 0
	}
	if o.isUsers() {
		if o.stopped.since(o.startedAt) != nil {
			return 0 // what it cut off, it had begun
		}
		return o.script.missing(o.spec, o.spec.Duration())
	}
	until := o.spec.Duration()
	if stoppedEarly {
		until = min(until, o.last)
	}
	seen := int64(0)
	for _, count := range o.tally.outcomes {
		seen += count
	}
	expected := scheduledUntil(o.spec, until)
	if o.share < 1 {
		expected = int64(float64(expected) * o.share) // k6 gives some instances one more, by rounding
	}
	return max(expected-seen, 0)
}

// scheduledUntil is how many arrivals an even schedule has before an instant, the first one at 0.
func scheduledUntil(spec worker.Spec, until time.Duration) int64 {
	return int64(math.Ceil(arrivalsUntil(spec, until) - 1e-6))
}

// arrivalsUntil is the area under the spec's rate.
func arrivalsUntil(spec worker.Spec, until time.Duration) float64 {
	left, arrivals := until.Seconds(), 0.0
	for _, stage := range spec.Stages {
		seconds := float64(stage.DurationMs) / 1000
		within := min(left, seconds)
		rateThen := stage.FromPerSecond + (stage.ToPerSecond-stage.FromPerSecond)*within/seconds
		arrivals += (stage.FromPerSecond + rateThen) / 2 * within
		left -= within
		if left <= 0 {
			break
		}
	}
	return arrivals
}

func (o *Output) saturation(never int64, startedAt time.Time) []string {
	reasons := []string{}
	say := func(format string, values ...any) { reasons = append(reasons, fmt.Sprintf(format, values...)) }
	if starved := o.watch.starved(); starved > 0 {
		say("most iterations began more than %d ms late in %d of %d s: k6 did not keep up with its schedule", lateLimit.Milliseconds(), starved, len(o.watch.windows))
	}
	if never > 0 {
		say("%d requests were not sent: k6 never began their iterations, or gave them up", never)
	}
	if o.isUsers() {
		return append(reasons, o.script.saturation(o.spec, o.stopped.since(startedAt))...)
	}
	if told, gated := worker.StartInstant(); gated {
		if late := startedAt.Sub(told); late > lateStartLimit {
			say("k6 began %d ms after the instant that its gate was opened for", late.Milliseconds())
		}
	}
	return reasons
}
