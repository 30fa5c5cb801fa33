package flood

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readBytes = 64 << 10
	// launchesPerTurn bounds how long events wait while a backlog of arrivals is launched.
	launchesPerTurn = 64
	// longestWait bounds how late a stop is noticed.
	longestWait = 100 * time.Millisecond
	// keepStream separates these random numbers from those of the arrivals, which have the same seed.
	keepStream = 1 << 63
)

// driver is one thread's share of a flood.
type driver struct {
	plan        plan
	capacity    int // connections
	address     *socketAddress
	sources     *sources
	random      *rand.Rand // decides which connections are kept
	start       time.Time
	stop        *atomic.Bool
	schedule    *schedule
	connections *connections
	sessions    *sessions // of TLS; nil without
	poller      *poller
	eager       eager
	tally       *tally
	publisher   publisher
	share       share
	watch       watch
	buffer      []byte
}

// schedule is one thread's part of the arrivals: every threads-th.
type schedule struct {
	all     *arrivals
	threads int
	next    time.Duration
	pending bool // there is a next
}

func newSchedule(p plan, thread int) *schedule {
	s := &schedule{all: newArrivals(p), threads: p.threads}
	s.skip(thread + 1)
	return s
}

func (s *schedule) advance() { s.skip(s.threads) }

func (s *schedule) skip(count int) {
	for range count {
		s.next, s.pending = s.all.take()
	}
}

func newDriver(p plan, thread, capacity int, start time.Time, stop *atomic.Bool) (*driver, error) {
	poller, err := newPoller()
	if err != nil {
		return nil, err
	}
	d := &driver{
		plan:        p,
		capacity:    capacity,
		address:     newSocketAddress(p.target),
		sources:     newSources(p.sources, thread),
		random:      rand.New(rand.NewPCG(p.seed, keepStream|uint64(p.worker)<<8|uint64(thread))),
		start:       start,
		stop:        stop,
		schedule:    newSchedule(p, thread),
		connections: newConnections(capacity),
		poller:      poller,
		tally:       newTally(total(p.stages), p.slice),
		buffer:      make([]byte, readBytes),
	}
	if p.tls != nil {
		d.sessions = &sessions{config: p.tls}
		poller.polite = true // crypto/tls allocates memory, so the collector needs the thread
	}
	return d, nil
}

// run works until every request has ended. It keeps its OS thread to itself.
func (d *driver) run() error {
	runtime.LockOSThread() // never unlocked: the thread, with its sharp timers, ends with the goroutine
	sharpenTimers()
	defer d.poller.close()
	woke := d.now()
	for {
		backlog := d.launchDue(woke)
		now := d.now()
		d.expire(now)
		d.tally.closeUntil(woke)
		if !d.schedule.pending && d.connections.inFlight.length == 0 {
			d.closeIdle()
			d.tally.effort = d.watch.end(now, now-woke)
			d.share.leave(now, d.tally)
			return nil
		}
		timeout := time.Duration(0)
		if !backlog {
			timeout = d.untilNext(now)
		}
		events, err := d.poller.wait(timeout)
		if err != nil {
			return err
		}
		before := woke
		woke = d.now()
		d.watch.turn(woke, woke-before-rest(woke-now, timeout), !backlog && len(events) < eventsPerWait)
		d.publisher.turn(woke, d.tally)
		d.share.turn(woke, d.tally)
		for i := range events {
			d.handle(&events[i])
		}
	}
}

// rest is how much of a wait was the thread's choice: not what it overslept for want of a CPU.
func rest(waited, timeout time.Duration) time.Duration {
	if timeout <= 0 {
		return 0
	}
	return min(waited, timeout+timerTolerance)
}

func (d *driver) now() time.Duration { return time.Since(d.start) }

// launchDue starts the requests whose instant has come, and tells whether some are left over.
func (d *driver) launchDue(now time.Duration) (backlog bool) {
	if d.schedule.pending && d.stop.Load() {
		d.schedule.pending = false
		d.tally.stoppedAt = max(d.now(), 1) // also where it had not begun
	}
	for range launchesPerTurn {
		if !d.schedule.pending || d.schedule.next > now {
			return false
		}
		d.launch(d.schedule.next)
		d.schedule.advance()
		now = d.now()
	}
	return true
}

// untilNext is the time until something has to be done without an event.
func (d *driver) untilNext(now time.Duration) time.Duration {
	at := now + longestWait
	if d.schedule.pending {
		at = min(at, d.schedule.next)
	}
	if d.share.teller != nil {
		at = min(at, d.share.end())
	}
	if oldest := d.connections.inFlight.oldest; oldest != none {
		at = min(at, d.deadline(oldest))
	}
	return at - now
}

func (d *driver) deadline(index int32) time.Duration {
	return d.connections.slots[index].scheduled + d.plan.timeout
}

func (d *driver) launch(scheduled time.Duration) {
	now := d.now()
	d.tally.schedule(scheduled)
	d.tally.launch(now - scheduled)
	d.watch.began(now - scheduled)
	if now-scheduled >= d.plan.timeout {
		d.tally.finishUnsent(scheduled, tooLate)
		return
	}
	if d.launchOnIdle(scheduled, now) {
		return
	}
	if d.connections.open() >= d.capacity {
		d.tally.finishUnsent(scheduled, inFlightCap)
		return
	}
	fd, errno := newSocket(d.address.family)
	if errno != 0 {
		d.tally.finishUnsent(scheduled, noSocket)
		return
	}
	index, slot := d.connections.add(fd, scheduled)
	slot.started = now
	if errno := d.sources.bind(fd); errno != 0 {
		d.finish(index, ofBindError(errno))
		return
	}
	errno = connect(fd, d.address)
	if errno != 0 && errno != unix.EINPROGRESS {
		d.finish(index, ofConnectError(errno))
		return
	}
	if d.sessions == nil && d.eager.tries() {
		if !d.transmit(index, slot) {
			return
		}
		d.eager.tried(slot.stage != connecting)
	}
	// One registration serves all later stages.
	events := uint32(unix.EPOLLIN | unix.EPOLLRDHUP)
	if slot.written < len(d.plan.request) || d.plan.keepAlive > 0 {
		events |= unix.EPOLLOUT
	}
	if errno := d.poller.add(fd, events, index); errno != 0 {
		d.finish(index, notSent)
	}
}

// launchOnIdle sends a request on a kept connection, if there is one. One that breaks at the first
// byte was closed while it was idle, and leaves without having cost a request.
func (d *driver) launchOnIdle(scheduled, now time.Duration) bool {
	for d.connections.idle.length > 0 {
		index, slot := d.connections.reuse(scheduled)
		slot.started = now
		count, errno := d.send(slot, d.plan.request)
		if errno != 0 && !again(errno) {
			d.close(index)
			continue
		}
		slot.written = count
		d.tally.reused++
		return true
	}
	return false
}
