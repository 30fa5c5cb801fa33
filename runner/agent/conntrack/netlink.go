package conntrack

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// Numbers of include/uapi/linux/netfilter/nfnetlink{,_conntrack}.h that x/sys does not name.
const (
	messageNew    = unix.NFNL_SUBSYS_CTNETLINK<<8 | 0 // IPCTNL_MSG_CT_NEW
	messageGet    = unix.NFNL_SUBSYS_CTNETLINK<<8 | 1 // IPCTNL_MSG_CT_GET
	messageDelete = unix.NFNL_SUBSYS_CTNETLINK<<8 | 2 // IPCTNL_MSG_CT_DELETE

	ctaTupleOrig = 1
	ctaTupleRepl = 2
	ctaStatus    = 3
	ctaProtoInfo = 4
	ctaTimeout   = 7
	ctaMark      = 8
	ctaID        = 12
	ctaZone      = 18
	ctaMarkMask  = 21

	ctaTupleIP    = 1
	ctaTupleProto = 2

	ctaIPv4Src = 1
	ctaIPv4Dst = 2
	ctaIPv6Src = 3
	ctaIPv6Dst = 4

	ctaProtoNum     = 1
	ctaProtoSrcPort = 2
	ctaProtoDstPort = 3

	ctaProtoInfoTCP      = 1
	ctaProtoInfoTCPState = 1

	statusSeenReply = 1 << 1
	statusAssured   = 1 << 2
	statusConfirmed = 1 << 3

	nested         = unix.NLA_F_NESTED
	attributeTypes = ^uint16(unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
)

const (
	headerBytes    = unix.NLMSG_HDRLEN + 4 // nlmsghdr and nfgenmsg
	attributeBytes = 4
	// bufferBytes holds any datagram that the kernel makes for a dump (at most 32 KiB).
	bufferBytes = 64 << 10
	// socketBytes leaves room for the errors of a whole batch, and for the batch itself.
	socketBytes = 4 << 20
)

// message builds ctnetlink messages one after the other in one buffer.
type message struct {
	buffer []byte
	start  int // of the message being built
}

func (m *message) reset() { m.buffer = m.buffer[:0] }

func (m *message) begin(kind uint16, flags uint16, family byte) {
	m.start = len(m.buffer)
	m.buffer = binary.NativeEndian.AppendUint32(m.buffer, 0) // length, known at the end
	m.buffer = binary.NativeEndian.AppendUint16(m.buffer, kind)
	m.buffer = binary.NativeEndian.AppendUint16(m.buffer, unix.NLM_F_REQUEST|flags)
	m.buffer = binary.NativeEndian.AppendUint64(m.buffer, 0) // sequence number and port, unused
	m.buffer = append(m.buffer, family, unix.NFNETLINK_V0, 0, 0)
}

func (m *message) end() {
	binary.NativeEndian.PutUint32(m.buffer[m.start:], uint32(len(m.buffer)-m.start))
}

func (m *message) attribute(kind uint16, value ...byte) {
	m.buffer = binary.NativeEndian.AppendUint16(m.buffer, uint16(attributeBytes+len(value)))
	m.buffer = binary.NativeEndian.AppendUint16(m.buffer, kind)
	m.buffer = append(m.buffer, value...)
	for len(m.buffer)%unix.NLA_ALIGNTO != 0 {
		m.buffer = append(m.buffer, 0)
	}
}

func (m *message) uint32(kind uint16, value uint32) {
	m.attribute(kind, byte(value>>24), byte(value>>16), byte(value>>8), byte(value))
}

func (m *message) nest(kind uint16, content func()) {
	at := len(m.buffer)
	m.attribute(kind | nested)
	content()
	binary.NativeEndian.PutUint16(m.buffer[at:], uint16(len(m.buffer)-at))
}

// eachAttribute calls f with type and value of every attribute in data.
func eachAttribute(data []byte, f func(kind uint16, value []byte)) {
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

// socket is a ctnetlink socket in the network namespace of the thread that opened it.
type socket struct {
	fd     int
	buffer []byte
}

func open() (*socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("cannot open a netfilter netlink socket: %w", err)
	}
	// Forced sizes need CAP_NET_ADMIN, as conntrack does; an error shows up when it is used.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBytes)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, socketBytes)
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1) // errors without the request
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot bind a netfilter netlink socket: %w", err)
	}
	return &socket{fd: fd, buffer: make([]byte, bufferBytes)}, nil
}

func (s *socket) close() { unix.Close(s.fd) }

func (s *socket) send(messages []byte) error {
	return unix.Sendto(s.fd, messages, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// receive calls onEntry for each conntrack entry and onError for each answer (errno 0 is an
// acknowledgement) in one datagram. It tells whether that ended a dump.
func (s *socket) receive(flags int, onEntry func(family byte, attributes []byte), onError func(unix.Errno)) (done bool, err error) {
	count, _, err := unix.Recvfrom(s.fd, s.buffer, flags)
	if err != nil {
		return false, err
	}
	data := s.buffer[:count]
	for len(data) >= unix.NLMSG_HDRLEN {
		length := int(binary.NativeEndian.Uint32(data))
		if length < unix.NLMSG_HDRLEN || length > len(data) {
			return false, unix.EBADMSG
		}
		body := data[unix.NLMSG_HDRLEN:length]
		switch binary.NativeEndian.Uint16(data[4:]) {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			if len(body) < 4 {
				return false, unix.EBADMSG
			}
			onError(unix.Errno(-int32(binary.NativeEndian.Uint32(body))))
		case messageNew:
			if len(body) >= 4 && onEntry != nil {
				onEntry(body[0], body[4:])
			}
		}
		data = data[min(align(length), len(data)):]
	}
	return false, nil
}

// batch sends many messages at once. The kernel works through them within the send and answers
// only those that fail, so their errors are there when it returns.
func (s *socket) batch(messages []byte, onError func(unix.Errno)) error {
	if err := s.send(messages); err != nil {
		return err
	}
	for {
		_, err := s.receive(unix.MSG_DONTWAIT, nil, onError)
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN:
			return nil
		default:
			return err
		}
	}
}

// request sends one message and waits for its acknowledgement.
func (s *socket) request(one []byte) error {
	if err := s.send(one); err != nil {
		return err
	}
	answer := unix.Errno(0)
	answered := false
	for !answered {
		_, err := s.receive(0, nil, func(errno unix.Errno) { answer, answered = errno, true })
		if err != nil && err != unix.EINTR {
			return err
		}
	}
	if answer != 0 {
		return answer
	}
	return nil
}
