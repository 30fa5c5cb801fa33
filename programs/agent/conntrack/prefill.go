package conntrack

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/mdlayher/netlink"
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
	fillRounds         = 5
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
	conn, err := netfilter.Dial()
	if err != nil {
		return Filled{}, err
	}
	defer conn.Close()
	batch, err := newBatch(entries)
	if err != nil {
		return Filled{}, err
	}
	// Each run begins at a random source port, so that two of them hardly ever collide.
	firstPort := lowestSourcePort + rand.IntN(sourcePortsInTotal)
	after, err := fill(entries.Count, Count, func(first, beyond int) error {
		return create(conn, batch, firstPort, first, beyond)
	})
	if err != nil {
		return Filled{}, err
	}
	return Filled{Created: entries.Count, Entries: after.Entries, Seconds: time.Since(started).Seconds()}, nil
}

// fill adds `wanted` entries, and again as many as the kernel has taken back meanwhile: once a table
// was full, its collector's next pass evicts even assured TIME_WAIT entries above 95 % of the limit
// (gc_worker and nf_conntrack_max95 in net/netfilter/nf_conntrack_core.c).
func fill(wanted int, count func() (Occupancy, error), create func(first, beyond int) error) (Occupancy, error) {
	created, missing := 0, wanted
	var table Occupancy
	for range fillRounds {
		if err := create(created, created+missing); err != nil {
			return Occupancy{}, err
		}
		created += missing
		var err error
		if table, err = count(); err != nil {
			return Occupancy{}, err
		}
		if missing = wanted - table.Entries; missing <= 0 {
			return table, nil
		}
	}
	return Occupancy{}, fmt.Errorf("the kernel accepted %d entries but has only %d of the %d that were to be there: it evicts them as fast as they are added", created, table.Entries, wanted)
}

// create adds the entries numbered first to beyond-1.
func create(conn *netlink.Conn, batch []netlink.Message, firstPort, first, beyond int) error {
	for i := first; i < beyond; {
		batch = batch[:min(cap(batch), beyond-i)]
		for at := range batch {
			identify(batch[at], i, firstPort)
			i++
		}
		refused, reason := 0, unix.Errno(0)
		err := netfilter.Batch(conn, batch, func(errno unix.Errno) {
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

// newBatch gives requests for entries that are yet to be told apart (identify). They are encoded
// only once: encoding takes longer than the kernel takes to add an entry.
func newBatch(entries Entries) ([]netlink.Message, error) {
	batch := make([]netlink.Message, messagesPerBatch)
	one, err := newEntry(entries, tuple{}, tuple{})
	for i := range batch {
		batch[i] = one
		batch[i].Data = slices.Clone(one.Data)
	}
	return batch, err
}

func newEntry(entries Entries, orig, reply tuple) (netlink.Message, error) {
	return netfilter.Request(messageNew, netlink.Create|netlink.Excl, unix.AF_INET, func(e *netlink.AttributeEncoder) {
		e.Nested(ctaTupleOrig, orig.encode)
		e.Nested(ctaTupleRepl, reply.encode)
		e.Uint32(ctaStatus, statusSeenReply|statusAssured|statusConfirmed)
		e.Uint32(ctaTimeout, uint32(entries.Timeout/time.Second))
		e.Uint32(ctaMark, entries.Mark)
		e.Nested(ctaProtoInfo, func(e *netlink.AttributeEncoder) error {
			e.Nested(ctaProtoInfoTCP, func(e *netlink.AttributeEncoder) error {
				e.Uint8(ctaProtoInfoTCPState, tcpStates[entries.State])
				return nil
			})
			return nil
		})
	})
}

// identify turns a request into the one for the i-th entry.
func identify(request netlink.Message, i, firstPort int) {
	overwrite(request, tuple{
		source:          uint32(sourceBase + i%sourceCount),
		destination:     uint32(destinationBase + i%destinationCount),
		sourcePort:      uint16(firstPort + i/sourceCount),
		destinationPort: destinationPort,
	})
}

// overwrite gives an encoded entry, whose tuples come first, those of another connection.
func overwrite(request netlink.Message, orig tuple) {
	tuples := request.Data[netfilter.HeaderBytes:]
	orig.overwrite(tuples)
	orig.reversed().overwrite(tuples[tupleBytes:])
}
