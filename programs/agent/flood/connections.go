package flood

import "time"

// connection is one TCP connection, which serves one request at a time.
type connection struct {
	fd        int
	stage     stage
	gotByte   bool
	written   int           // bytes of the request
	scheduled time.Duration // all instants count from the start of the load
	started   time.Duration // of the stage; when exchanging, when the request was last written to
	response  response
	session   *session // nil without TLS
	previous  int32    // neighbours in its list, none at the ends
	next      int32
}

// stage is how far a connection has come.
type stage uint8

const (
	closed      stage = iota // its slot is unused
	connecting               // connect(2) was called
	handshaking              // TLS
	exchanging               // a request is being written, or its response awaited
	idle                     // kept for a later request
)

const none int32 = -1

// connections is a slab of connection states that are used again and again.
type connections struct {
	slots  []connection
	unused []int32
	// inFlight is in the order of scheduled instants: as all requests have the same timeout, the
	// oldest is always the next to time out.
	inFlight list
	idle     list // in the order in which they became so
}

// list is a doubly linked list through the slots.
type list struct {
	oldest int32
	newest int32
	length int
}

func newConnections(capacity int) *connections {
	return &connections{
		slots:    make([]connection, 0, capacity),
		unused:   make([]int32, 0, capacity),
		inFlight: list{oldest: none, newest: none},
		idle:     list{oldest: none, newest: none},
	}
}

// open counts the connections that there are, idle ones included.
func (c *connections) open() int { return c.inFlight.length + c.idle.length }

// add puts a new connection in flight. The pointer is valid until the next add.
func (c *connections) add(fd int, scheduled time.Duration) (int32, *connection) {
	var index int32
	if last := len(c.unused) - 1; last >= 0 {
		index = c.unused[last]
		c.unused = c.unused[:last]
	} else {
		index = int32(len(c.slots))
		c.slots = append(c.slots, connection{})
	}
	slot := &c.slots[index]
	*slot = connection{fd: fd, stage: connecting, scheduled: scheduled, response: slot.response}
	slot.response.begin()
	c.append(&c.inFlight, index)
	return index, slot
}

// keep makes a connection idle whose request has ended.
func (c *connections) keep(index int32) {
	c.unlink(&c.inFlight, index)
	c.slots[index].stage = idle
	c.append(&c.idle, index)
}

// reuse puts the newest idle connection in flight for another request; there must be one.
func (c *connections) reuse(scheduled time.Duration) (int32, *connection) {
	index := c.idle.newest
	slot := &c.slots[index]
	c.unlink(&c.idle, index)
	slot.stage, slot.scheduled, slot.written, slot.gotByte = exchanging, scheduled, 0, false
	slot.response.begin()
	c.append(&c.inFlight, index)
	return index, slot
}

func (c *connections) remove(index int32) {
	slot := &c.slots[index]
	if slot.stage == idle {
		c.unlink(&c.idle, index)
	} else {
		c.unlink(&c.inFlight, index)
	}
	slot.stage = closed
	c.unused = append(c.unused, index)
}

func (c *connections) append(to *list, index int32) {
	slot := &c.slots[index]
	slot.previous, slot.next = to.newest, none
	if to.newest == none {
		to.oldest = index
	} else {
		c.slots[to.newest].next = index
	}
	to.newest = index
	to.length++
}

func (c *connections) unlink(from *list, index int32) {
	slot := &c.slots[index]
	if slot.previous == none {
		from.oldest = slot.next
	} else {
		c.slots[slot.previous].next = slot.next
	}
	if slot.next == none {
		from.newest = slot.previous
	} else {
		c.slots[slot.next].previous = slot.previous
	}
	from.length--
}
