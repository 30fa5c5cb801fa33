package netfilter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	headerBytes = unix.NLMSG_HDRLEN + 4 // nlmsghdr and nfgenmsg
	// BufferBytes holds any datagram that the kernel makes for a dump (at most 32 KiB).
	BufferBytes = 64 << 10
	// socketBytes leaves room for the errors of a whole batch, and for the batch itself.
	socketBytes = 4 << 20
)

// ErrChanged says that what was being listed changed meanwhile, so that the list may be of no one moment.
var ErrChanged = errors.New("it changed while it was listed")

// Socket is a netfilter socket in the network namespace of the thread that opened it.
type Socket struct {
	fd     int
	buffer []byte
}

// Received is one message from the kernel; its attributes are valid until the next one is received.
type Received struct {
	Kind       uint16 // with the subsystem in its upper byte
	Family     byte
	Attributes []byte
}

// Open opens a socket for requests.
func Open() (*Socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("cannot open a netfilter netlink socket: %w", err)
	}
	// Forced sizes need CAP_NET_ADMIN, as netfilter does; an error shows up when it is used.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBytes)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, socketBytes)
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1) // errors without the request
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot bind a netfilter netlink socket: %w", err)
	}
	return &Socket{fd: fd, buffer: make([]byte, BufferBytes)}, nil
}

// Close closes the socket.
func (s *Socket) Close() { unix.Close(s.fd) }

// Join subscribes the socket to a multicast group (NFNLGRP_…).
func (s *Socket) Join(group int) error {
	return unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, group)
}

// SetReceiveTimeout bounds how long Receive waits; then it fails with EAGAIN.
func (s *Socket) SetReceiveTimeout(timeout time.Duration) error {
	value := unix.NsecToTimeval(timeout.Nanoseconds())
	return unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &value)
}

// Send hands complete messages to the kernel.
func (s *Socket) Send(messages []byte) error {
	return unix.Sendto(s.fd, messages, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// Receive calls onMessage (if any) for each message and onError for each answer (errno 0 is an
// acknowledgement) in one datagram. It tells whether that ended a dump.
func (s *Socket) Receive(flags int, onMessage func(Received), onError func(unix.Errno)) (done bool, err error) {
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
		if binary.NativeEndian.Uint16(data[6:])&unix.NLM_F_DUMP_INTR != 0 {
			err = ErrChanged
		}
		switch kind := binary.NativeEndian.Uint16(data[4:]); kind {
		case unix.NLMSG_DONE:
			return true, err
		case unix.NLMSG_ERROR:
			if len(body) < 4 {
				return false, unix.EBADMSG
			}
			onError(unix.Errno(-int32(binary.NativeEndian.Uint32(body))))
		default:
			if len(body) >= headerBytes-unix.NLMSG_HDRLEN && onMessage != nil {
				onMessage(Received{Kind: kind, Family: body[0], Attributes: body[4:]})
			}
		}
		data = data[min(align(length), len(data)):]
	}
	return false, err
}

// Dump sends a request for a list and calls onMessage for everything on it.
func (s *Socket) Dump(request []byte, onMessage func(Received)) error {
	if err := s.Send(request); err != nil {
		return err
	}
	changed, refusal := false, unix.Errno(0)
	for done := false; !done && refusal == 0; {
		var err error
		done, err = s.Receive(0, onMessage, func(errno unix.Errno) { refusal = errno })
		switch {
		case err == nil, err == unix.EINTR:
		case errors.Is(err, ErrChanged):
			changed = true
		default:
			return err
		}
	}
	if refusal != 0 {
		return refusal
	}
	if changed {
		return ErrChanged
	}
	return nil
}

// Batch sends many messages at once. The kernel works through them within the send and answers
// only those that fail, so their errors are there when it returns.
func (s *Socket) Batch(messages []byte, onError func(unix.Errno)) error {
	if err := s.Send(messages); err != nil {
		return err
	}
	for {
		_, err := s.Receive(unix.MSG_DONTWAIT, nil, onError)
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN:
			return nil
		default:
			return err
		}
	}
}

// Request sends one message and waits for its acknowledgement.
func (s *Socket) Request(one []byte) error {
	if err := s.Send(one); err != nil {
		return err
	}
	answer := unix.Errno(0)
	answered := false
	for !answered {
		_, err := s.Receive(0, nil, func(errno unix.Errno) { answer, answered = errno, true })
		if err != nil && err != unix.EINTR {
			return err
		}
	}
	if answer != 0 {
		return answer
	}
	return nil
}
