package flood

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/periods"
)

// spareFiles are left to the rest of the process when connections may use up its open files.
const spareFiles = 32

// Validate tells what is wrong with a spec, in one sentence.
func (s Spec) Validate() error {
	_, err := s.plan()
	return err
}

// Run drives the load from startAt on (at once if that is past) and reports on it when the last
// request has ended. When the context is done it schedules no more requests, waits for those in
// flight, and reports on what was scheduled until then.
func Run(ctx context.Context, spec Spec, startAt time.Time) (Report, error) {
	return RunLive(ctx, spec, startAt, nil)
}

// RunLive is Run, and tells meanwhile how requests ended, and of its periods where the spec has a length for them.
func RunLive(ctx context.Context, spec Spec, startAt time.Time, live *Live) (Report, error) {
	p, err := spec.plan()
	if err != nil {
		return Report{}, err
	}
	if err := checkSources(p.sources); err != nil {
		return Report{}, err
	}
	maxInFlight, err := boundByFiles(p.maxInFlight)
	if err != nil {
		return Report{}, err
	}
	tcpBefore, err := readTCP()
	if err != nil {
		return Report{}, err
	}
	start := time.Now()
	if wait := startAt.Sub(start); wait > 0 {
		start = start.Add(wait) // keeps the monotonic clock, which startAt need not have
	}
	userBefore, systemBefore := cpuTimes()
	counted, err := drive(ctx, p, maxInFlight, start, live)
	if err != nil {
		return Report{}, err
	}
	user, system := cpuTimes()
	busyShare, busiestShare := counted.effort.shares(p.threads, time.Since(start))
	report := Report{
		Engine:           engineName,
		Worker:           p.worker,
		StartedAtUnixMs:  start.UnixMilli(),
		FinishedAtUnixMs: time.Now().UnixMilli(),
		CPU:              CPU{UserMs: milliseconds(user - userBefore), SystemMs: milliseconds(system - systemBefore)},
		MaxRSSBytes:      maxRSSBytes(),
		MaxInFlight:      maxInFlight,
		BusyShare:        busyShare,
		BusiestShare:     busiestShare,
		Saturated:        saturation(counted, p.maxInFlight, maxInFlight),
	}
	if report.TCP, err = tcpSince(tcpBefore); err != nil {
		return Report{}, err
	}
	return report, report.fill(counted)
}

// drive runs the threads and adds up what they counted.
func drive(ctx context.Context, p plan, maxInFlight int, start time.Time, live *Live) (*tally, error) {
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	drivers := make([]*driver, p.threads)
	for i := range drivers {
		// Rounded so that the shares add up to no more than the whole, but are never nothing.
		capacity := max((maxInFlight+i)/p.threads, 1)
		var err error
		if drivers[i], err = newDriver(p, i, capacity, start, &stop); err != nil {
			return nil, err
		}
		drivers[i].publisher.to = live
	}
	if p.live > 0 && live != nil && live.OnPeriod != nil {
		teller := periods.NewTeller(p.live, p.threads, live.OnPeriod)
		defer teller.End()
		for i, each := range drivers {
			each.share = share{teller: teller, thread: i}
		}
	}
	errs := make([]error, p.threads)
	var threads sync.WaitGroup
	for i, each := range drivers {
		threads.Add(1)
		go func() {
			defer threads.Done()
			errs[i] = each.run()
		}()
	}
	threads.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	counted := drivers[0].tally
	counted.closeUntil(total(p.stages) + p.slice)
	for _, each := range drivers[1:] {
		each.tally.closeUntil(total(p.stages) + p.slice)
		counted.merge(each.tally)
	}
	return counted, nil
}

// boundByFiles lowers a number of connections to what the limit of open files leaves room for. Go
// has raised the soft limit to the hard one when the process started.
func boundByFiles(wanted int) (int, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("cannot read the limit of open files: %w", err)
	}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0, fmt.Errorf("cannot count open files: %w", err)
	}
	room := int64(min(limit.Cur, 1<<31)) - int64(len(open)) - spareFiles
	if room < 1 {
		return 0, fmt.Errorf("the limit of %d open files leaves no room for connections", limit.Cur)
	}
	return int(min(int64(wanted), room)), nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
