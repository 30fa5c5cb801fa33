// Package netfilter speaks netlink with the kernel's netfilter: connection tracking and nf_tables.
package netfilter

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Nested marks the type of an attribute that is made of attributes.
const Nested = unix.NLA_F_NESTED

const (
	attributeBytes = 4
	attributeTypes = ^uint16(unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
)

// Message builds netlink messages one after the other in one buffer.
type Message struct {
	Buffer []byte
	start  int // of the message being built
}

// Reset starts over with an empty buffer.
func (m *Message) Reset() { m.Buffer = m.Buffer[:0] }

// Begin starts a message; kind holds the subsystem in its upper byte.
func (m *Message) Begin(kind uint16, flags uint16, family byte) {
	m.start = len(m.Buffer)
	m.Buffer = binary.NativeEndian.AppendUint32(m.Buffer, 0) // length, known at the end
	m.Buffer = binary.NativeEndian.AppendUint16(m.Buffer, kind)
	m.Buffer = binary.NativeEndian.AppendUint16(m.Buffer, unix.NLM_F_REQUEST|flags)
	m.Buffer = binary.NativeEndian.AppendUint64(m.Buffer, 0) // sequence number and port, unused
	m.Buffer = append(m.Buffer, family, unix.NFNETLINK_V0, 0, 0)
}

// End completes the message that Begin started.
func (m *Message) End() {
	binary.NativeEndian.PutUint32(m.Buffer[m.start:], uint32(len(m.Buffer)-m.start))
}

// Attribute appends one attribute.
func (m *Message) Attribute(kind uint16, value ...byte) {
	m.Buffer = binary.NativeEndian.AppendUint16(m.Buffer, uint16(attributeBytes+len(value)))
	m.Buffer = binary.NativeEndian.AppendUint16(m.Buffer, kind)
	m.Buffer = append(m.Buffer, value...)
	for len(m.Buffer)%unix.NLA_ALIGNTO != 0 {
		m.Buffer = append(m.Buffer, 0)
	}
}

// Uint32 appends an attribute in network byte order, as netfilter has its numbers.
func (m *Message) Uint32(kind uint16, value uint32) {
	m.Attribute(kind, byte(value>>24), byte(value>>16), byte(value>>8), byte(value))
}

// Text appends a zero-terminated string.
func (m *Message) Text(kind uint16, value string) {
	m.Attribute(kind, append([]byte(value), 0)...)
}

// Nest appends an attribute made of what content appends.
func (m *Message) Nest(kind uint16, content func()) {
	at := len(m.Buffer)
	m.Attribute(kind | Nested)
	content()
	binary.NativeEndian.PutUint16(m.Buffer[at:], uint16(len(m.Buffer)-at))
}

// EachAttribute calls f with type and value of every attribute in data.
func EachAttribute(data []byte, f func(kind uint16, value []byte)) {
	for len(data) >= attributeBytes {
		length := int(binary.NativeEndian.Uint16(data))
		if length < attributeBytes || length > len(data) {
			return
		}
		f(binary.NativeEndian.Uint16(data[2:])&attributeTypes, data[attributeBytes:length])
		data = data[min(align(length), len(data)):]
	}
}

func align(length int) int { return (length + unix.NLA_ALIGNTO - 1) &^ (unix.NLA_ALIGNTO - 1) }
