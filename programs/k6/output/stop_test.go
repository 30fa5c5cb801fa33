package output

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.k6.io/k6/errext"
)

// A stop that k6 was done with before the watch had seen its signal is a stop all the same: what k6 did
// not begin any more was never due.
func TestStopIsLearntFromK6sOwnError(t *testing.T) {
	signal := errors.New("test run was aborted because k6 received a 'terminated' signal")
	for name, each := range map[string]struct {
		ended   error
		stopped bool
	}{
		"a signal":       {errext.WithAbortReasonIfNone(signal, errext.AbortedByUser), true},
		"one in another": {fmt.Errorf("run: %w", errext.WithAbortReasonIfNone(signal, errext.AbortedByUser)), true},
		"the script":     {errext.WithAbortReasonIfNone(errors.New("test.abort()"), errext.AbortedByScriptAbort), false},
		"another error":  {errors.New("no memory"), false},
		"its end":        {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := &Output{spec: perSecond(), paced: true, startedAt: time.Now(), tally: newTally(time.Second)}
			o.stopped.learn(each.ended)
			if stopped := o.stopped.since(o.startedAt) != nil; stopped != each.stopped {
				t.Errorf("stopped: %v, want %v", stopped, each.stopped)
			}
			if never := o.neverBegun(each.ended != nil); (never == 0) != each.stopped {
				t.Errorf("%d count as never begun", never)
			}
		})
	}
}

func TestStopKeepsTheInstantOfItsSignal(t *testing.T) {
	o := &Output{}
	at := time.Now().Add(-time.Minute)
	o.stopped.at.Store(at.UnixNano())
	o.stopped.learn(errext.WithAbortReasonIfNone(errors.New("terminated"), errext.AbortedByUser))
	if ms := o.stopped.since(at); ms == nil || *ms != 0 {
		t.Errorf("stopped at %v ms, want 0", ms)
	}
}
