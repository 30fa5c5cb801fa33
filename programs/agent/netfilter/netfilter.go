// Package netfilter is what the kernel's netfilter adds to netlink: a header of its own behind
// netlink's, numbers in network byte order, and sockets that take many requests at once.
package netfilter

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// HeaderBytes is the size of struct nfgenmsg: family, version and a resource, unused here
// (include/uapi/linux/netfilter/nfnetlink.h).
const HeaderBytes = 4

const (
	// datagramBytes holds any datagram that the kernel makes for a dump (at most 32 KiB).
	datagramBytes = 64 << 10
	// socketBytes leaves room for the errors of a whole batch, and for the batch itself.
	socketBytes = 4 << 20
)

// Dial opens a socket in the network namespace of the calling thread; it stays in there, whatever
// thread uses it later.
func Dial() (*netlink.Conn, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, &netlink.Config{MessageBufferSize: datagramBytes})
	if err != nil {
		return nil, fmt.Errorf("cannot open a netfilter netlink socket: %w", err)
	}
	// Sizes beyond the system's limits need CAP_NET_ADMIN, as netfilter does; an error shows up when
	// the socket is used.
	_ = conn.SetReadBuffer(socketBytes)
	_ = conn.SetWriteBuffer(socketBytes)
	_ = conn.SetOption(netlink.CapAcknowledge, true) // errors without the request
	return conn, nil
}

// Request makes a message; kind holds the subsystem in its upper byte.
func Request(kind netlink.HeaderType, flags netlink.HeaderFlags, family byte, fill func(*netlink.AttributeEncoder)) (netlink.Message, error) {
	encoder := netlink.NewAttributeEncoder()
	encoder.ByteOrder = binary.BigEndian
	if fill != nil {
		fill(encoder)
	}
	attributes, err := encoder.Encode()
	return netlink.Message{
		Header: netlink.Header{Type: kind, Flags: netlink.Request | flags},
		Data:   append([]byte{family, unix.NFNETLINK_V0, 0, 0}, attributes...),
	}, err
}

// Attributes reads the family and the attributes of a message from the kernel.
func Attributes(message netlink.Message) (family byte, attributes *netlink.AttributeDecoder, err error) {
	if len(message.Data) < HeaderBytes {
		return 0, nil, io.ErrUnexpectedEOF
	}
	attributes, err = netlink.NewAttributeDecoder(message.Data[HeaderBytes:])
	if err != nil {
		return 0, nil, err
	}
	attributes.ByteOrder = binary.BigEndian
	return message.Data[0], attributes, nil
}
