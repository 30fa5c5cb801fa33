package conntrack

import (
	"encoding/binary"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// tuple is one direction of a TCP connection.
type tuple struct {
	source, destination         uint32
	sourcePort, destinationPort uint16
}

func (t tuple) encode(e *netlink.AttributeEncoder) error {
	e.Nested(ctaTupleIP, func(e *netlink.AttributeEncoder) error {
		e.Uint32(ctaIPv4Src, t.source)
		e.Uint32(ctaIPv4Dst, t.destination)
		return nil
	})
	e.Nested(ctaTupleProto, func(e *netlink.AttributeEncoder) error {
		e.Uint8(ctaProtoNum, unix.IPPROTO_TCP)
		e.Uint16(ctaProtoSrcPort, t.sourcePort)
		e.Uint16(ctaProtoDstPort, t.destinationPort)
		return nil
	})
	return nil
}

// Where an encoded tuple has its values, counted from the tuple's own header: each attribute begins
// with a header of four bytes, and its value is padded to four.
const (
	sourceAt          = 12
	destinationAt     = 20
	sourcePortAt      = 40
	destinationPortAt = 48
	tupleBytes        = 52
)

func (t tuple) reversed() tuple {
	return tuple{t.destination, t.source, t.destinationPort, t.sourcePort}
}

// overwrite makes an encoded tuple this one.
func (t tuple) overwrite(encoded []byte) {
	binary.BigEndian.PutUint32(encoded[sourceAt:], t.source)
	binary.BigEndian.PutUint32(encoded[destinationAt:], t.destination)
	binary.BigEndian.PutUint16(encoded[sourcePortAt:], t.sourcePort)
	binary.BigEndian.PutUint16(encoded[destinationPortAt:], t.destinationPort)
}
