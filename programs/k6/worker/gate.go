package worker

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"packetwalk.dev/agent/gate"
)

// warmUpLimit bounds how long k6 may take to initialise its virtual users.
const warmUpLimit = 5 * time.Minute

// openedFor is the instant that the gate was opened for; zero if it was not.
var openedFor atomic.Int64

// atStart is called when the load is about to start.
var atStart atomic.Pointer[func()]

// OnStart has a function called when the gate's instant has come, before the load starts.
func OnStart(call func()) { atStart.Store(&call) }

// StartInstant is the instant that the load was told to start at; false if there was no gate.
func StartInstant() (time.Time, bool) {
	unixNano := openedFor.Load()
	return time.Unix(0, unixNano), unixNano != 0
}

// openWhenTold waits until k6's virtual users stand ready, then at the gate, then for the instant
// that came through it, and lets k6 go. A script of the user's has its setup() behind it by then: load
// begins at the gate's instant, however long that took.
func openWhenTold(ctx context.Context, k6 *remote, spec Spec) error {
	if err := k6.awaitPaused(ctx, warmUpLimit); err != nil {
		return err
	}
	if spec.Script != nil {
		if err := k6.setup(ctx); err != nil {
			return fmt.Errorf("the script's setup() failed: %w", err)
		}
	}
	startAt, err := gate.Wait(ctx, spec.gateTimeout())
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped before its gate was opened")
	}
	if err != nil {
		return err
	}
	openedFor.Store(startAt.UnixNano())
	time.Sleep(time.Until(startAt))
	if call := atStart.Load(); call != nil {
		(*call)()
	}
	if err := k6.resume(ctx); err != nil {
		return fmt.Errorf("k6 could not be resumed: %w", err)
	}
	return nil
}
