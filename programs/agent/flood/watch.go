package flood

import (
	"fmt"
	"time"
)

// Was the generator the bottleneck, or the target?
//
// A driver's calls never block on the target: whatever the target does, it leaves the thread asleep
// in epoll and only more requests in flight. So lateness is the generator's own, and so is having no
// time to sleep. The drivers look at themselves in windows of one second, and call one saturated if
//   - the thread never caught up in it: at no time were all due requests begun and all events worked
//     off, which is a standing queue (CoDel's criterion, RFC 8289: the least length over an interval
//     counts, a burst that drains is harmless), or
//   - most of its requests began more than lateLimit late: because the thread was busy all the time
//     (working, or waiting for a CPU that others had), or because it was woken late.
//
// Requests that were not sent at all are the generator's fault, except for those that met the limit
// of requests in flight that the spec asked for: by Little's law (in flight = rate × time) it is
// either too low for the rate, or the target is slow, and both are said in the report's notSent.
const (
	watchWindow = time.Second
	lateLimit   = 10 * time.Millisecond
	// busyLimit is the share of a window from which on there was no time to rest.
	busyLimit = 0.95
	// fewestToJudge is how many requests or turns a window must have to be judged by them.
	fewestToJudge = 20
	// shortestToJudge is how long the rest of a run must be to be judged as a window of its own.
	shortestToJudge = watchWindow / 4
	// timerTolerance is by how much a wait may outlast its timeout and still count as rest.
	timerTolerance = time.Millisecond
)

// watch is one thread's account of its own effort.
type watch struct {
	window   int64 // number of the current one
	busy     time.Duration
	turns    int
	caughtUp bool
	begun    int
	late     int

	effort effort // of the windows before
}

// effort is what a watch, or several of them, found.
type effort struct {
	busy    time.Duration
	busiest time.Duration // of all windows
	windows int
	behind  int // windows with more work than time
	late    int // other windows in which most requests began late
}

// began counts a request whose instant was lag ago.
func (w *watch) began(lag time.Duration) {
	w.begun++
	if lag > lateLimit {
		w.late++
	}
}

// turn counts one turn of the driver's loop that ended at now: its work, and whether it left
// nothing undone.
func (w *watch) turn(now, busy time.Duration, caughtUp bool) {
	if now < 0 {
		return // before the start
	}
	if window := int64(now / watchWindow); window != w.window {
		w.close()
		w.window = window
	}
	w.busy += busy
	w.turns++
	w.caughtUp = w.caughtUp || caughtUp
}

// end counts the last turn's work and gives the whole effort.
func (w *watch) end(now, busy time.Duration) effort {
	w.turn(now, busy, true)
	if w.effort.windows > 0 && now%watchWindow < shortestToJudge {
		w.effort.busy += w.busy
	} else {
		w.close()
	}
	return w.effort
}

func (w *watch) close() {
	if w.turns == 0 {
		return
	}
	found := &w.effort
	found.windows++
	found.busy += w.busy
	found.busiest = max(found.busiest, w.busy)
	mostLate := w.begun >= fewestToJudge && 2*w.late > w.begun
	restless := w.busy.Seconds() >= busyLimit*watchWindow.Seconds()
	switch {
	case !w.caughtUp && w.turns >= fewestToJudge, mostLate && restless:
		found.behind++
	case mostLate:
		found.late++
	}
	*w = watch{window: w.window, effort: w.effort}
}

func (e *effort) merge(other effort) {
	e.busy += other.busy
	e.busiest = max(e.busiest, other.busiest)
	e.windows += other.windows
	e.behind += other.behind
	e.late += other.late
}

// shares gives the share of their time that the threads were busy, of all and of the busiest window.
func (e *effort) shares(threads int, took time.Duration) (mean, busiest float64) {
	if took <= 0 {
		return 0, 0
	}
	mean = min(e.busy.Seconds()/(took.Seconds()*float64(threads)), 1)
	return mean, max(mean, min(e.busiest.Seconds()/min(took, watchWindow).Seconds(), 1))
}

// unsent is why a request was not sent.
type unsent uint8

const (
	inFlightCap unsent = iota // as many in flight as allowed
	tooLate                   // its time was up before the generator got to it
	noSocket                  // the kernel had no file descriptor or memory left
	unsentCount
)

var unsentNames = [unsentCount]string{inFlightCap: "inFlightCap", tooLate: "tooLate", noSocket: "noSocket"}

// saturation says in words why the generator was the bottleneck; empty if it was not.
func saturation(counted *tally, wantedInFlight, allowedInFlight int) []string {
	reasons := []string{}
	say := func(format string, values ...any) { reasons = append(reasons, fmt.Sprintf(format, values...)) }
	effort := &counted.effort
	if effort.behind > 0 {
		say("a generator thread had more work than CPU time in %d of %d s", effort.behind, effort.windows)
	}
	if effort.late > 0 {
		say("most requests began more than %d ms late in %d of %d s: a generator thread was woken late", lateLimit.Milliseconds(), effort.late, effort.windows)
	}
	if count := counted.unsent[inFlightCap]; count > 0 && allowedInFlight < wantedInFlight {
		say("%d requests were not sent: the limit of open files allows %d in flight, not %d", count, allowedInFlight, wantedInFlight)
	}
	if count := counted.unsent[tooLate]; count > 0 {
		say("%d requests were not sent: their time was up before the generator got to them", count)
	}
	if count := counted.unsent[noSocket]; count > 0 {
		say("%d requests were not sent: the generator's kernel had no file descriptor or memory for a socket", count)
	}
	return reasons
}
