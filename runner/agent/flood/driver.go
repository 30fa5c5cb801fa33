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
	poller      *poller
	tally       *tally
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
	return &driver{
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
	}, nil
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
	if d.stop.Load() {
		d.schedule.pending = false
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
	d.tally.scheduleLag.Record(now - scheduled)
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
	// One registration serves all stages. A connection that stands at once needs no event for it.
	errno = connect(fd, d.address)
	if errno != 0 && errno != unix.EINPROGRESS {
		d.finish(index, ofConnectError(errno))
		return
	}
	if errno == 0 && !d.transmit(index, slot) {
		return
	}
	if errno := d.poller.add(fd, index); errno != 0 {
		d.finish(index, notSent)
	}
}

// launchOnIdle sends a request on a kept connection, if there is one. One that breaks at the first
// byte was closed while it was idle, and leaves without having cost a request.
func (d *driver) launchOnIdle(scheduled, now time.Duration) bool {
	for d.connections.idle.length > 0 {
		index, slot := d.connections.reuse(scheduled)
		slot.started = now
		count, errno := send(slot.fd, d.plan.request)
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

func again(errno unix.Errno) bool { return errno == unix.EAGAIN || errno == unix.EINTR }

// transmit writes the request, or what is left of it. The first write on a connection also tells
// whether it came about, which saves asking for it. False means that the request has ended.
func (d *driver) transmit(index int32, slot *connection) bool {
	count, errno := send(slot.fd, d.plan.request[slot.written:])
	switch {
	case again(errno):
		return true
	case errno != 0 && slot.stage == connecting:
		d.finish(index, ofConnectError(errno))
		return false
	case errno != 0:
		d.finish(index, ofTransferError(errno))
		return false
	}
	now := d.now()
	if slot.stage == connecting {
		slot.stage = exchanging
		d.tally.connect.Record(now - slot.started)
	}
	slot.written += count
	slot.started = now
	return true
}

func (d *driver) handle(event *unix.EpollEvent) {
	const ended = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	index := event.Fd
	slot := &d.connections.slots[index]
	switch slot.stage {
	case closed: // earlier in this turn
		return
	case idle:
		// The server closed it, or sends what nobody asked for.
		if event.Events&(unix.EPOLLIN|ended) != 0 {
			d.close(index)
		}
		return
	}
	if slot.written < len(d.plan.request) && !d.transmit(index, slot) {
		return
	}
	if event.Events&(unix.EPOLLIN|ended) != 0 {
		d.read(index, slot, event.Events&ended != 0)
	}
}

// read takes what has arrived. A read that does not fill the buffer has emptied the socket, and
// more data makes a new event; but an end of stream that this event already told of makes none.
func (d *driver) read(index int32, slot *connection, ending bool) {
	for {
		count, errno := receive(slot.fd, d.buffer)
		switch {
		case errno == unix.EINTR:
			continue
		case errno == unix.EAGAIN:
			return
		case errno != 0:
			d.finish(index, ofTransferError(errno))
			return
		case count == 0 && !slot.response.end():
			d.finish(index, truncated)
			return
		case count == 0:
			d.finish(index, ofStatus(slot.response.status))
			return
		}
		d.tally.bytesRead += int64(count)
		if !slot.gotByte {
			slot.gotByte = true
			d.tally.firstByte.Record(d.now() - slot.started)
		}
		slot.response.feed(d.buffer[:count], d.plan.headOnly)
		switch slot.response.phase {
		case complete:
			d.finishResponse(index, slot, ending)
			return
		case malformed:
			d.finish(index, protocolError)
			return
		}
		if count < len(d.buffer) && !ending {
			return
		}
	}
}

// finishResponse ends a request whose response is complete, and keeps its connection or closes it.
func (d *driver) finishResponse(index int32, slot *connection, ending bool) {
	d.tally.finish(slot.scheduled, ofStatus(slot.response.status), d.now()-slot.scheduled)
	keepable := slot.response.persistent && !ending && slot.written == len(d.plan.request)
	if d.plan.keepAlive > 0 && keepable && d.random.Float64() < d.plan.keepAlive {
		d.connections.keep(index)
		return
	}
	d.close(index)
}

// expire ends the requests whose time is up.
func (d *driver) expire(now time.Duration) {
	for {
		oldest := d.connections.inFlight.oldest
		if oldest == none || d.deadline(oldest) > now {
			return
		}
		if d.connections.slots[oldest].stage == connecting {
			d.finish(oldest, connectTimeout)
		} else {
			d.finish(oldest, responseTimeout)
		}
	}
}

// finish ends a request together with its connection.
func (d *driver) finish(index int32, how outcome) {
	slot := &d.connections.slots[index]
	if how == notSent { // for want of a socket's resources
		d.tally.finishUnsent(slot.scheduled, noSocket)
	} else {
		d.tally.finish(slot.scheduled, how, d.now()-slot.scheduled)
	}
	d.close(index)
}

func (d *driver) close(index int32) {
	fd := d.connections.slots[index].fd
	if d.plan.reset {
		abort(fd)
	}
	closeSocket(fd)
	d.connections.remove(index)
}

func (d *driver) closeIdle() {
	for d.connections.idle.length > 0 {
		d.close(d.connections.idle.newest)
	}
}
