package flood

import (
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
)

// driver is one thread's share of a flood.
type driver struct {
	plan        plan
	capacity    int // requests in flight
	address     *socketAddress
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
		if !d.schedule.pending && d.connections.inFlight() == 0 {
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
	if oldest := d.connections.oldest; oldest != none {
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
	if d.connections.inFlight() >= d.capacity {
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
	// One registration serves both phases. A connection that stands at once, as some on the same
	// host do, needs no event for it.
	events := uint32(unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP)
	switch errno := connect(fd, d.address); errno {
	case unix.EINPROGRESS:
	case 0:
		events &^= unix.EPOLLOUT
		if !d.transmit(index, slot) {
			return
		}
		if slot.written < len(d.plan.request) {
			events |= unix.EPOLLOUT
		}
	default:
		d.finish(index, ofConnectError(errno))
		return
	}
	if errno := d.poller.add(fd, events, index); errno != 0 {
		d.finish(index, notSent)
	}
}

// transmit writes the request, or what is left of it. The first write on a connection also tells
// whether it came about, which saves asking for it. False means that the request has ended.
func (d *driver) transmit(index int32, slot *connection) bool {
	count, errno := send(slot.fd, d.plan.request[slot.written:])
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return true
	case errno != 0 && slot.connected:
		d.finish(index, ofTransferError(errno))
		return false
	case errno != 0:
		d.finish(index, ofConnectError(errno))
		return false
	}
	now := d.now()
	if !slot.connected {
		slot.connected = true
		d.tally.connect.Record(now - slot.started)
	}
	slot.written += count
	slot.started = now
	return true
}

func (d *driver) handle(event *unix.EpollEvent) {
	index := event.Fd
	slot := &d.connections.slots[index]
	if slot.fd == closedFD {
		return // ended earlier in this turn
	}
	if slot.written < len(d.plan.request) && !d.transmit(index, slot) {
		return
	}
	const readable = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	if event.Events&readable != 0 {
		d.read(index, slot, event.Events&^unix.EPOLLIN&readable != 0)
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
		case count == 0:
			d.finishResponse(index, slot, slot.response.end())
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
			d.finishResponse(index, slot, true)
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

func (d *driver) finishResponse(index int32, slot *connection, whole bool) {
	if !whole {
		d.finish(index, truncated)
		return
	}
	d.finish(index, ofStatus(slot.response.status))
}

// expire ends the requests whose time is up.
func (d *driver) expire(now time.Duration) {
	for {
		oldest := d.connections.oldest
		if oldest == none || d.deadline(oldest) > now {
			return
		}
		if d.connections.slots[oldest].connected {
			d.finish(oldest, responseTimeout)
		} else {
			d.finish(oldest, connectTimeout)
		}
	}
}

func (d *driver) finish(index int32, how outcome) {
	slot := &d.connections.slots[index]
	if how == notSent { // for want of a socket's resources
		d.tally.finishUnsent(slot.scheduled, noSocket)
	} else {
		d.tally.finish(slot.scheduled, how, d.now()-slot.scheduled)
	}
	if d.plan.reset {
		abort(slot.fd)
	}
	closeSocket(slot.fd)
	d.connections.remove(index)
}
