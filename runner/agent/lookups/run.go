package lookups

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"packetwalk.dev/agent/flood"
)

// Run looks the names up from startAt on (at once if that is past) and reports on it when the last
// look-up has ended or timed out. When the context is done it begins no more of them.
func Run(ctx context.Context, spec Spec, startAt time.Time) (Report, error) {
	if err := spec.Validate(); err != nil {
		return Report{}, err
	}
	helper, err := Start(spec.Helper, spec.MaxInFlight)
	if err != nil {
		return Report{}, err
	}
	defer helper.Close()
	return run(ctx, spec, startAt, helper, readResolvConf())
}

func run(ctx context.Context, spec Spec, startAt time.Time, helper *Helper, resolvConf string) (Report, error) {
	meter, err := flood.StartMeter()
	if err != nil {
		return Report{}, err
	}
	start := time.Now()
	if wait := startAt.Sub(start); wait > 0 {
		start = start.Add(wait) // keeps the monotonic clock, which startAt need not have
	}
	s := storm{
		spec:            spec,
		start:           start,
		helper:          helper,
		resolverTimeout: timeoutOf(resolvConf),
		tally:           newTally(len(spec.Names), spec.Duration(), spec.slice()),
	}
	if err := s.drive(ctx); err != nil {
		return Report{}, err
	}
	report := Report{Found: Found{Resolver: spec.Resolver, ResolvConf: resolvConf}}
	report.Worker = spec.Worker
	report.StartedAtUnixMs = start.UnixMilli()
	report.FinishedAtUnixMs = time.Now().UnixMilli()
	report.MaxInFlight = spec.MaxInFlight
	if err := meter.Fill(&report.Report); err != nil {
		return Report{}, err
	}
	helper.Close()
	user, system := helper.CPU()
	report.CPU.UserMs += milliseconds(user)
	report.CPU.SystemMs += milliseconds(system)
	return report, report.fill(s.tally, spec.Names)
}

// storm is one run.
type storm struct {
	spec            Spec
	start           time.Time
	helper          *Helper
	resolverTimeout time.Duration
	tally           *tally
	inFlight        atomic.Int64   // threads of the helper that are taken
	unfinished      sync.WaitGroup // look-ups of unknown outcome
	trouble         atomic.Pointer[error]
}

func (s *storm) drive(ctx context.Context) error {
	next := 0
	for at := range s.spec.Instants() {
		if !sleepUntil(ctx, s.start.Add(at)) {
			break
		}
		s.begin(next%len(s.spec.Names), at)
		next++
	}
	s.unfinished.Wait()
	if trouble := s.trouble.Load(); trouble != nil {
		return *trouble
	}
	return nil
}

// begin asks for a name. Whichever comes first, the answer or the timeout, is how it ended.
func (s *storm) begin(of int, at time.Duration) {
	due := s.start.Add(at)
	s.tally.schedule(of, at, time.Since(due))
	if s.inFlight.Add(1) > int64(s.spec.MaxInFlight) {
		s.inFlight.Add(-1)
		s.tally.finish(of, at, NotSent, 0)
		return
	}
	s.unfinished.Add(1)
	var once sync.Once
	end := func(how Outcome) {
		once.Do(func() {
			s.tally.finish(of, at, how, time.Since(due))
			s.unfinished.Done()
		})
	}
	patience := time.AfterFunc(time.Until(due.Add(time.Duration(s.spec.TimeoutMs)*time.Millisecond)), func() { end(Timeout) })
	s.helper.Ask(s.spec.Names[of].Name, func(answer Answer, err error) {
		s.inFlight.Add(-1)
		patience.Stop()
		if err != nil {
			s.trouble.CompareAndSwap(nil, &err)
			end(Failed)
			return
		}
		end(outcomeOf(answer, s.resolverTimeout))
	})
}

// sleepUntil says false if the context was done first.
func sleepUntil(ctx context.Context, when time.Time) bool {
	timer := time.NewTimer(time.Until(when))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
