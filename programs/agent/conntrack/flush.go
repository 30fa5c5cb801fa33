package conntrack

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// Flushed is what Flush did.
type Flushed struct {
	Removed int `json:"removed"`
	Entries int `json:"entries"` // left in the table
}

// Which names the entries to remove: those with the mark (if any), and those of connections to
// one of the addresses, be it what the client asked for (a Service's) or what answered (a pod's).
type Which struct {
	Mark      *uint32
	Addresses []netip.Addr
}

// Flush removes the named entries and nobody else's. Those with the mark are counted by how much
// smaller the table got, which others' connections of the same moment can blur.
func Flush(which Which) (Flushed, error) {
	netlink, err := netfilter.Open()
	if err != nil {
		return Flushed{}, err
	}
	defer netlink.Close()
	removed := 0
	if which.Mark != nil {
		marked, err := flushMarked(netlink, *which.Mark)
		if err != nil {
			return Flushed{}, err
		}
		removed += marked
	}
	if len(which.Addresses) > 0 {
		answered, err := flushAddresses(netlink, which.Addresses)
		if err != nil {
			return Flushed{}, err
		}
		removed += answered
	}
	left, err := Count()
	return Flushed{Removed: removed, Entries: left.Entries}, err
}

// flushMarked is one request: a delete without a tuple flushes what its filter lets through.
func flushMarked(netlink *netfilter.Socket, mark uint32) (int, error) {
	before, err := Count()
	if err != nil {
		return 0, err
	}
	m := &netfilter.Message{}
	m.Begin(messageDelete, unix.NLM_F_ACK, unix.AF_INET)
	m.Uint32(ctaMark, mark)
	m.Uint32(ctaMarkMask, 0xffffffff)
	m.End()
	if err := netlink.Request(m.Buffer); err != nil {
		return 0, fmt.Errorf("cannot flush the entries marked %#x: %w", mark, err)
	}
	after, err := Count()
	return max(before.Entries-after.Entries, 0), err
}

// flushAddresses walks the table once and deletes the entries that match as they come by, so that
// it needs no memory of its own for a large table.
func flushAddresses(dump *netfilter.Socket, addresses []netip.Addr) (int, error) {
	deletes, err := netfilter.Open()
	if err != nil {
		return 0, err
	}
	defer deletes.Close()
	wanted := make(map[netip.Addr]bool, len(addresses))
	for _, address := range addresses {
		wanted[address.Unmap()] = true
	}
	request := &netfilter.Message{}
	request.Begin(messageGet, unix.NLM_F_DUMP, unix.AF_UNSPEC)
	request.End()
	if err := dump.Send(request.Buffer); err != nil {
		return 0, fmt.Errorf("cannot list the connection tracking table: %w", err)
	}
	removed := 0
	batch := &netfilter.Message{Buffer: make([]byte, 0, netfilter.BufferBytes)}
	for done := false; !done; {
		batch.Reset()
		found, refusal := 0, unix.Errno(0)
		done, err = dump.Receive(0, func(listed netfilter.Received) {
			if entry := parseEntry(listed.Attributes); entry.answersTo(wanted) {
				entry.appendDelete(batch, listed.Family)
				found++
			}
		}, func(errno unix.Errno) { refusal = errno })
		if err == unix.EINTR {
			continue
		}
		if errors.Is(err, netfilter.ErrChanged) {
			err = nil // as a table under traffic always does; what was there all along is listed
		}
		if err == nil && refusal != 0 {
			err = refusal
		}
		if err != nil {
			return removed, fmt.Errorf("cannot list the connection tracking table: %w", err)
		}
		if found == 0 {
			continue
		}
		gone := 0
		err := deletes.Batch(batch.Buffer, func(errno unix.Errno) {
			if errno == unix.ENOENT { // it ended by itself between the listing and now
				gone++
			} else {
				refusal = errno
			}
		})
		if err == nil && refusal != 0 {
			err = refusal
		}
		if err != nil {
			return removed, fmt.Errorf("cannot delete connection tracking entries: %w", err)
		}
		removed += found - gone
	}
	return removed, nil
}

// entry is what identifies one listed entry; its slices point into the socket's buffer.
type entry struct {
	orig, id, zone           []byte
	origDestination, replier netip.Addr
}

func parseEntry(attributes []byte) entry {
	var e entry
	netfilter.EachAttribute(attributes, func(kind uint16, value []byte) {
		switch kind {
		case ctaTupleOrig:
			e.orig = value
			e.origDestination = addressIn(value, ctaIPv4Dst, ctaIPv6Dst)
		case ctaTupleRepl:
			e.replier = addressIn(value, ctaIPv4Src, ctaIPv6Src)
		case ctaID:
			e.id = value
		case ctaZone:
			e.zone = value
		}
	})
	return e
}

func addressIn(tuple []byte, v4, v6 uint16) netip.Addr {
	var address netip.Addr
	netfilter.EachAttribute(tuple, func(kind uint16, ip []byte) {
		if kind != ctaTupleIP {
			return
		}
		netfilter.EachAttribute(ip, func(kind uint16, value []byte) {
			if kind == v4 || kind == v6 {
				address, _ = netip.AddrFromSlice(value)
			}
		})
	})
	return address
}

func (e entry) answersTo(wanted map[netip.Addr]bool) bool {
	return wanted[e.origDestination] || wanted[e.replier]
}

// appendDelete asks to delete exactly this entry: with its id, a newer one of the same tuple stays.
func (e entry) appendDelete(m *netfilter.Message, family byte) {
	m.Begin(messageDelete, 0, family)
	m.Attribute(ctaTupleOrig|netfilter.Nested, e.orig...)
	if e.id != nil {
		m.Attribute(ctaID, e.id...)
	}
	if e.zone != nil {
		m.Attribute(ctaZone, e.zone...)
	}
	m.End()
}
