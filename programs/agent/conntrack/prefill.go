package conntrack

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// State is the TCP state of prefilled entries.
type State string

const (
	TimeWait    State = "time-wait"
	Established State = "established"
)

// tcpStates are the values of enum tcp_conntrack (linux/netfilter/nf_conntrack_tcp.h).
var tcpStates = map[State]byte{Established: 3, TimeWait: 7}

// Known tells whether there is such a state.
func (s State) Known() bool { return tcpStates[s] != 0 }

// Entries is what to fill a table with.
type Entries struct {
	Count   int
	Timeout time.Duration
	State   State
	Mark    uint32 // by which Flush finds them again
}

// Filled is what Prefill did.
type Filled struct {
	Created int     `json:"created"`
	Entries int     `json:"entries"` // in the table afterwards, others' included
	Seconds float64 `json:"seconds"`
}

// Sources are 198.18.0.0/15 (benchmarking, RFC 2544) and destinations 198.51.100.0/24
// (documentation, RFC 5737), which no real traffic uses.
const (
	sourceBase         = 198<<24 | 18<<16
	sourceCount        = 1 << 17
	destinationBase    = 198<<24 | 51<<16 | 100<<8
	destinationCount   = 1 << 8
	destinationPort    = 80
	messagesPerBatch   = 512
	lowestSourcePort   = 1024
	sourcePortsInTotal = 1 << 15
)

// Prefill adds TCP entries that look like connections which saw replies (ASSURED, so that the
// kernel's early drop spares them). It refuses to start where they do not fit under the limit, and
// fails if the kernel refuses one of them.
func Prefill(entries Entries) (Filled, error) {
	started := time.Now()
	before, err := Count()
	if err != nil {
		return Filled{}, err
	}
	if before.Entries+entries.Count > before.Limit {
		return Filled{}, fmt.Errorf("%d more entries do not fit: the table has %d of at most %d", entries.Count, before.Entries, before.Limit)
	}
	netlink, err := netfilter.Open()
	if err != nil {
		return Filled{}, err
	}
	defer netlink.Close()
	if err := create(netlink, entries); err != nil {
		return Filled{}, err
	}
	after, err := Count()
	if err != nil {
		return Filled{}, err
	}
	if after.Entries < entries.Count {
		return Filled{}, fmt.Errorf("the kernel accepted %d entries but has only %d", entries.Count, after.Entries)
	}
	return Filled{Created: entries.Count, Entries: after.Entries, Seconds: time.Since(started).Seconds()}, nil
}

func create(netlink *netfilter.Socket, entries Entries) error {
	one := newEntry(entries)
	// Each run begins at a random source port, so that two of them hardly ever collide.
	firstPort := lowestSourcePort + rand.IntN(sourcePortsInTotal)
	batch := make([]byte, 0, messagesPerBatch*len(one.message))
	for i := 0; i < entries.Count; {
		batch = batch[:0]
		for ; i < entries.Count && len(batch) < cap(batch); i++ {
			one.identify(i, firstPort)
			batch = append(batch, one.message...)
		}
		refused, reason := 0, unix.Errno(0)
		err := netlink.Batch(batch, func(errno unix.Errno) {
			refused++
			reason = errno
		})
		if err != nil {
			return fmt.Errorf("cannot add entries to the connection tracking table: %w", err)
		}
		if refused > 0 {
			return fmt.Errorf("the table refused %d of the first %d entries: %s (%w)", refused, i, unix.ErrnoName(reason), reason)
		}
	}
	return nil
}

// template is one complete message, in which only the numbers that tell entries apart change.
type template struct {
	message []byte
	orig    tupleOffsets
	reply   tupleOffsets
}

type tupleOffsets struct{ source, destination, sourcePort, destinationPort int }

func newEntry(entries Entries) *template {
	t := &template{}
	m := &netfilter.Message{}
	m.Begin(messageNew, unix.NLM_F_CREATE|unix.NLM_F_EXCL, unix.AF_INET)
	t.orig = appendTuple(m, ctaTupleOrig)
	t.reply = appendTuple(m, ctaTupleRepl)
	m.Uint32(ctaStatus, statusSeenReply|statusAssured|statusConfirmed)
	m.Uint32(ctaTimeout, uint32(entries.Timeout/time.Second))
	m.Uint32(ctaMark, entries.Mark)
	m.Nest(ctaProtoInfo, func() {
		m.Nest(ctaProtoInfoTCP, func() { m.Attribute(ctaProtoInfoTCPState, tcpStates[entries.State]) })
	})
	m.End()
	t.message = m.Buffer
	return t
}

func appendTuple(m *netfilter.Message, kind uint16) tupleOffsets {
	var offsets tupleOffsets
	m.Nest(kind, func() {
		m.Nest(ctaTupleIP, func() {
			m.Attribute(ctaIPv4Src, 0, 0, 0, 0)
			offsets.source = len(m.Buffer) - 4
			m.Attribute(ctaIPv4Dst, 0, 0, 0, 0)
			offsets.destination = len(m.Buffer) - 4
		})
		m.Nest(ctaTupleProto, func() {
			m.Attribute(ctaProtoNum, unix.IPPROTO_TCP)
			m.Attribute(ctaProtoSrcPort, 0, 0)
			offsets.sourcePort = len(m.Buffer) - 4
			m.Attribute(ctaProtoDstPort, 0, 0)
			offsets.destinationPort = len(m.Buffer) - 4
		})
	})
	return offsets
}

// identify turns the template into the i-th entry.
func (t *template) identify(i, firstPort int) {
	source := uint32(sourceBase + i%sourceCount)
	destination := uint32(destinationBase + i%destinationCount)
	sourcePort := uint16(firstPort + i/sourceCount)
	t.put(t.orig, source, sourcePort, destination, destinationPort)
	t.put(t.reply, destination, destinationPort, source, sourcePort)
}

func (t *template) put(at tupleOffsets, source uint32, sourcePort uint16, destination uint32, destinationPort uint16) {
	binary.BigEndian.PutUint32(t.message[at.source:], source)
	binary.BigEndian.PutUint32(t.message[at.destination:], destination)
	binary.BigEndian.PutUint16(t.message[at.sourcePort:], sourcePort)
	binary.BigEndian.PutUint16(t.message[at.destinationPort:], destinationPort)
}
