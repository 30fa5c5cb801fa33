package flood

import "time"

// connection is one request in flight.
type connection struct {
	fd        int
	connected bool
	written   int           // bytes of the request
	scheduled time.Duration // all instants count from the start of the load
	started   time.Duration // connect(2), then when the request was written
	response  response
	gotByte   bool
	previous  int32 // neighbours in the order of scheduled instants, none at the ends
	next      int32
}

const none int32 = -1

// connections is a slab of connection states that are used again and again. Those in use are also
// a list in the order of their scheduled instants: as all have the same timeout, the oldest is
// always the next to time out.
type connections struct {
	slots  []connection
	unused []int32
	oldest int32
	newest int32
}

func newConnections(capacity int) *connections {
	c := &connections{oldest: none, newest: none}
	c.slots = make([]connection, 0, capacity)
	c.unused = make([]int32, 0, capacity)
	return c
}

func (c *connections) inFlight() int { return len(c.slots) - len(c.unused) }

// add puts a new connection behind all others. The pointer is valid until the next add.
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
	*slot = connection{fd: fd, scheduled: scheduled, response: slot.response, previous: c.newest, next: none}
	slot.response.begin()
	if c.newest == none {
		c.oldest = index
	} else {
		c.slots[c.newest].next = index
	}
	c.newest = index
	return index, slot
}

func (c *connections) remove(index int32) {
	slot := &c.slots[index]
	if slot.previous == none {
		c.oldest = slot.next
	} else {
		c.slots[slot.previous].next = slot.next
	}
	if slot.next == none {
		c.newest = slot.previous
	} else {
		c.slots[slot.next].previous = slot.previous
	}
	slot.fd = closedFD
	c.unused = append(c.unused, index)
}

const closedFD = -1
