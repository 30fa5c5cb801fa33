package conntrack

import (
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// Flushed is what Flush did.
type Flushed struct {
	Removed int `json:"removed"`
	Entries int `json:"entries"` // left in the table
}

// Which names the entries to remove: those with the mark (if any), those of connections to one of
// the addresses, be it what the client asked for (a Service's) or what answered (a pod's), and those
// of connections that one of the sources opened.
type Which struct {
	Mark      *uint32
	Addresses []netip.Addr
	Sources   []netip.Addr
}

// Flush removes the named entries and nobody else's. Those with the mark are counted by how much
// smaller the table got, which others' connections of the same moment can blur.
func Flush(which Which) (Flushed, error) {
	conn, err := netfilter.Dial()
	if err != nil {
		return Flushed{}, err
	}
	defer conn.Close()
	removed := 0
	if which.Mark != nil {
		marked, err := flushMarked(conn, *which.Mark)
		if err != nil {
			return Flushed{}, err
		}
		removed += marked
	}
	if len(which.Addresses)+len(which.Sources) > 0 {
		answered, err := flushAddresses(conn, setOf(which.Addresses), setOf(which.Sources))
		if err != nil {
			return Flushed{}, err
		}
		removed += answered
	}
	left, err := Count()
	return Flushed{Removed: removed, Entries: left.Entries}, err
}

// flushMarked is one request: a delete without a tuple flushes what its filter lets through.
func flushMarked(conn *netlink.Conn, mark uint32) (int, error) {
	before, err := Count()
	if err != nil {
		return 0, err
	}
	request, err := netfilter.Request(messageDelete, netlink.Acknowledge, unix.AF_INET, func(e *netlink.AttributeEncoder) {
		e.Uint32(ctaMark, mark)
		e.Uint32(ctaMarkMask, 0xffffffff)
	})
	if err == nil {
		_, err = conn.Execute(request)
	}
	if err != nil {
		return 0, fmt.Errorf("cannot flush the entries marked %#x: %w", mark, err)
	}
	after, err := Count()
	return max(before.Entries-after.Entries, 0), err
}

// flushAddresses walks the table once and deletes the entries that match as they come by, so that
// it needs no memory of its own for a large table. What a table under traffic gains and loses
// meanwhile is nothing to it: what was there all along is listed.
func flushAddresses(list *netlink.Conn, addresses, sources map[netip.Addr]bool) (removed int, err error) {
	deletes, err := netfilter.Dial()
	if err != nil {
		return 0, err
	}
	defer deletes.Close()
	request, err := netfilter.Request(messageGet, netlink.Dump, unix.AF_UNSPEC, nil)
	if err == nil {
		_, err = list.Send(request)
	}
	if err != nil {
		return 0, fmt.Errorf("cannot list the connection tracking table: %w", err)
	}
	batch := make([]netlink.Message, 0, messagesPerBatch)
	for listed, err := range list.ReceiveIter() {
		var entry entry
		if err == nil {
			entry, err = parseEntry(listed)
		}
		if err != nil {
			return removed, fmt.Errorf("cannot list the connection tracking table: %w", err)
		}
		if !entry.answersTo(addresses) && !sources[entry.origSource] {
			continue
		}
		deletion, err := entry.deletion()
		if err != nil {
			return removed, err
		}
		if batch = append(batch, deletion); len(batch) == cap(batch) {
			gone, err := deleteAll(deletes, batch)
			if err != nil {
				return removed, err
			}
			removed += gone
			batch = batch[:0]
		}
	}
	last, err := deleteAll(deletes, batch)
	return removed + last, err
}

func setOf(addresses []netip.Addr) map[netip.Addr]bool {
	set := make(map[netip.Addr]bool, len(addresses))
	for _, address := range addresses {
		set[address.Unmap()] = true
	}
	return set
}

func deleteAll(conn *netlink.Conn, batch []netlink.Message) (removed int, err error) {
	if len(batch) == 0 {
		return 0, nil
	}
	removed, refusal := len(batch), unix.Errno(0)
	err = netfilter.Batch(conn, batch, func(errno unix.Errno) {
		removed--
		if errno != unix.ENOENT { // else it ended by itself between the listing and now
			refusal = errno
		}
	})
	if err == nil && refusal != 0 {
		err = refusal
	}
	if err != nil {
		return 0, fmt.Errorf("cannot delete connection tracking entries: %w", err)
	}
	return removed, nil
}

// entry is what identifies one listed entry.
type entry struct {
	family                               byte
	orig, id, zone                       []byte
	origSource, origDestination, replier netip.Addr
}

func parseEntry(listed netlink.Message) (entry, error) {
	family, attributes, err := netfilter.Attributes(listed)
	if err != nil {
		return entry{}, err
	}
	e := entry{family: family}
	for attributes.Next() {
		switch attributes.Type() {
		case ctaTupleOrig:
			e.orig = attributes.Bytes()
			attributes.Nested(addressOf(&e.origSource, ctaIPv4Src, ctaIPv6Src))
			attributes.Nested(addressOf(&e.origDestination, ctaIPv4Dst, ctaIPv6Dst))
		case ctaTupleRepl:
			attributes.Nested(addressOf(&e.replier, ctaIPv4Src, ctaIPv6Src))
		case ctaID:
			e.id = attributes.Bytes()
		case ctaZone:
			e.zone = attributes.Bytes()
		}
	}
	return e, attributes.Err()
}

func addressOf(address *netip.Addr, v4, v6 uint16) func(tuple *netlink.AttributeDecoder) error {
	return func(tuple *netlink.AttributeDecoder) error {
		for tuple.Next() {
			if tuple.Type() != ctaTupleIP {
				continue
			}
			tuple.Nested(func(ip *netlink.AttributeDecoder) error {
				for ip.Next() {
					if kind := ip.Type(); kind == v4 || kind == v6 {
						*address, _ = netip.AddrFromSlice(ip.Bytes())
					}
				}
				return ip.Err()
			})
		}
		return tuple.Err()
	}
}

func (e entry) answersTo(wanted map[netip.Addr]bool) bool {
	return wanted[e.origDestination] || wanted[e.replier]
}

// deletion asks to delete exactly this entry: with its id, a newer one of the same tuple stays.
func (e entry) deletion() (netlink.Message, error) {
	return netfilter.Request(messageDelete, 0, e.family, func(attributes *netlink.AttributeEncoder) {
		attributes.Bytes(netlink.Nested|ctaTupleOrig, e.orig)
		if e.id != nil {
			attributes.Bytes(ctaID, e.id)
		}
		if e.zone != nil {
			attributes.Bytes(ctaZone, e.zone)
		}
	})
}
