package output

import (
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"go.k6.io/k6/errext"
)

// stopWatch notes when the process is told to end early. k6, which gets the same signal, then begins no
// iteration any more and cuts off those that run.
type stopWatch struct{ at atomic.Int64 }

func (s *stopWatch) watch() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		s.at.Store(time.Now().UnixNano())
	}()
}

// learn takes it from the error that k6 ended with. k6 may be done with a stop before the goroutine above
// was given a CPU; without this, what it did not begin any more would count as never sent.
func (s *stopWatch) learn(ended error) {
	var aborted errext.HasAbortReason
	if errors.As(ended, &aborted) && aborted.AbortReason() == errext.AbortedByUser {
		s.at.CompareAndSwap(0, time.Now().UnixNano())
	}
}

// since gives the instant in ms from the load's start; nil if nobody stopped it.
func (s *stopWatch) since(startedAt time.Time) *int64 {
	at := s.at.Load()
	if at == 0 {
		return nil
	}
	ms := max(time.Unix(0, at).Sub(startedAt).Milliseconds(), 0)
	return &ms
}
