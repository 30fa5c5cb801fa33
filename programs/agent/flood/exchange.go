package flood

import (
	"time"

	"golang.org/x/sys/unix"
)

// What a connection goes through at its socket's events: TLS where wanted, request, response.

func (d *driver) handle(event *unix.EpollEvent) {
	const ended = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	index := event.Fd
	slot := &d.connections.slots[index]
	ending := event.Events&ended != 0
	switch slot.stage {
	case closed: // earlier in this turn
		return
	case idle:
		// The server closed it, or sends what nobody asked for; TLS has messages of its own to send.
		if ending || slot.session == nil && event.Events&unix.EPOLLIN != 0 {
			d.close(index)
		}
		return
	}
	if slot.written < len(d.plan.request) && !d.advance(index, slot) {
		return
	}
	if slot.stage == exchanging && (ending || event.Events&unix.EPOLLIN != 0) {
		d.read(index, slot, ending)
	}
}

// advance takes a connection as far as it gets towards having its request written. False means that
// the request has ended.
func (d *driver) advance(index int32, slot *connection) bool {
	if d.sessions == nil || slot.stage == exchanging {
		return d.transmit(index, slot)
	}
	if slot.stage == connecting {
		if errno := pendingError(slot.fd); errno != 0 {
			d.finish(index, ofConnectError(errno))
			return false
		}
		now := d.now()
		d.tally.connect.Record(now - slot.started)
		slot.stage, slot.started = handshaking, now
		slot.session = d.sessions.take(slot.fd)
	}
	switch errno := slot.session.handshake(); {
	case errno == unix.EAGAIN:
		return true
	case errno != 0:
		d.finish(index, ofTransferError(errno))
		return false
	}
	now := d.now()
	d.tally.tls.Record(now - slot.started)
	slot.stage, slot.started = exchanging, now
	return d.transmit(index, slot)
}

// transmit writes the request, or what is left of it. The first write on a connection also tells
// whether it came about, which saves asking for it. False means that the request has ended.
func (d *driver) transmit(index int32, slot *connection) bool {
	count, errno := d.send(slot, d.plan.request[slot.written:])
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

func (d *driver) send(slot *connection, data []byte) (int, unix.Errno) {
	if slot.session != nil {
		return slot.session.send(data)
	}
	return send(slot.fd, data)
}

func (d *driver) receive(slot *connection) (int, unix.Errno) {
	if slot.session != nil {
		return slot.session.receive(d.buffer)
	}
	return receive(slot.fd, d.buffer)
}

// read takes what has arrived. A read that does not fill the buffer has emptied the socket, and
// more data makes a new event; but an end of stream that this event already told of makes none, and
// a TLS record may lie behind the one that was read.
func (d *driver) read(index int32, slot *connection, ending bool) {
	for {
		count, errno := d.receive(slot)
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
			d.finish(index, d.plan.expect.judge(slot.response.status))
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
		if count < len(d.buffer) && !ending && slot.session == nil {
			return
		}
	}
}

// finishResponse ends a request whose response is complete, and keeps its connection or closes it.
func (d *driver) finishResponse(index int32, slot *connection, ending bool) {
	d.tally.finish(slot.scheduled, d.plan.expect.judge(slot.response.status), d.now()-slot.scheduled)
	keepable := slot.response.persistent && !ending && slot.written == len(d.plan.request)
	if d.plan.keepAlive > 0 && keepable && d.random.Float64() < d.plan.keepAlive {
		d.connections.keep(index)
		return
	}
	if slot.session != nil && !d.plan.reset {
		slot.session.sayGoodbye()
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
		d.finish(oldest, ofTimeout(d.connections.slots[oldest].stage))
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
	slot := &d.connections.slots[index]
	if slot.session != nil {
		d.sessions.put(slot.session)
		slot.session = nil
	}
	if d.plan.reset {
		abort(slot.fd)
	}
	closeSocket(slot.fd)
	d.connections.remove(index)
}

func (d *driver) closeIdle() {
	for d.connections.idle.length > 0 {
		d.close(d.connections.idle.newest)
	}
	if d.sessions != nil {
		d.sessions.destroy()
	}
}
