package flood

import (
	"crypto/tls"
	"errors"
	"io"
	"iter"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// session is TLS on a non-blocking socket. crypto/tls only knows calls that block; so they run in a
// coroutine (iter.Pull), which goes back to the driver whenever the socket would block, and is
// resumed at the socket's next event. A switch is a few hundred ns, and no scheduler takes part in it.
type session struct {
	socket  blockingSocket
	tls     *tls.Conn
	resume  func() (struct{}, bool)
	destroy func()
	// The call under way, and its result when it is over.
	call  call
	data  []byte
	count int
	err   error
}

type call uint8

const (
	noCall call = iota
	handshakeCall
	writeCall
	readCall
	closeCall
)

// Errors of TLS itself, as errnos that a TCP socket does not give.
const (
	errTLS     = unix.EPROTO  // a bad certificate, an alert, bytes that are not TLS
	errCutTLS  = unix.ENODATA // the stream ended within a record
	callsOnWay = unix.EAGAIN
)

// sessions are used again and again, with their coroutines.
type sessions struct {
	config *tls.Config
	unused []*session
}

// take gives a session for a new connection. It must be called on the thread that will use it.
func (s *sessions) take(fd int) *session {
	var taken *session
	if last := len(s.unused) - 1; last >= 0 {
		taken = s.unused[last]
		s.unused = s.unused[:last]
	} else {
		taken = &session{}
		taken.resume, taken.destroy = iter.Pull(taken.serve)
	}
	taken.socket.fd, taken.socket.given = fd, false
	taken.tls = tls.Client(&taken.socket, s.config)
	return taken
}

// put takes a session back, whatever it was doing. Its socket is not closed.
func (s *sessions) put(back *session) {
	if back.call != noCall {
		back.socket.given = true // makes the call fail
		back.resume()
	}
	back.tls, back.data, back.err = nil, nil, nil
	s.unused = append(s.unused, back)
}

func (s *sessions) destroy() {
	for _, each := range s.unused {
		each.destroy()
	}
	s.unused = nil
}

// serve is the coroutine: one call at a time.
func (s *session) serve(yield func(struct{}) bool) {
	s.socket.wait = func() { yield(struct{}{}) }
	for {
		switch s.call {
		case handshakeCall:
			s.err = s.tls.Handshake()
		case writeCall:
			s.count, s.err = s.tls.Write(s.data)
		case readCall:
			s.count, s.err = s.tls.Read(s.data)
		case closeCall:
			s.err = s.tls.CloseWrite()
		}
		s.call = noCall
		if !yield(struct{}{}) {
			return
		}
	}
}

// do begins a call, or goes on with it. EAGAIN means that this or another call is still under way.
func (s *session) do(what call, data []byte) unix.Errno {
	switch s.call {
	case noCall:
		s.call, s.data, s.count, s.err = what, data, 0, nil
	case what:
	default:
		return callsOnWay
	}
	s.resume()
	if s.call != noCall {
		return callsOnWay
	}
	var errno unix.Errno
	switch {
	case s.err == nil:
		return 0
	case errors.As(s.err, &errno):
		return errno
	case errors.Is(s.err, io.ErrUnexpectedEOF):
		return errCutTLS
	}
	return errTLS
}

func (s *session) handshake() unix.Errno {
	if errno := s.do(handshakeCall, nil); errno != errCutTLS {
		return errno
	}
	return errTLS
}

func (s *session) send(data []byte) (int, unix.Errno) {
	errno := s.do(writeCall, data)
	return s.count, errno
}

// receive gives zero bytes at the end of the stream.
func (s *session) receive(into []byte) (int, unix.Errno) {
	errno := s.do(readCall, into)
	switch {
	case errno == callsOnWay:
		return 0, errno
	case s.count > 0 || errors.Is(s.err, io.EOF):
		return s.count, 0
	}
	return 0, errno
}

// sayGoodbye sends close_notify, if the socket takes it at once.
func (s *session) sayGoodbye() { s.do(closeCall, nil) }

// blockingSocket looks to crypto/tls like a connection whose calls block.
type blockingSocket struct {
	fd    int
	given bool // back: nothing may be done with it any more
	wait  func()
}

var errGivenBack = errors.New("the connection was given up")

func (b *blockingSocket) Read(into []byte) (int, error) {
	for !b.given {
		count, errno := receive(b.fd, into)
		switch {
		case errno == unix.EAGAIN:
			b.wait()
		case errno == unix.EINTR:
		case errno != 0:
			return 0, errno
		case count == 0:
			return 0, io.EOF
		default:
			return count, nil
		}
	}
	return 0, errGivenBack
}

func (b *blockingSocket) Write(data []byte) (int, error) {
	written := 0
	for !b.given {
		count, errno := send(b.fd, data[written:])
		if errno != 0 && !again(errno) {
			return written, errno
		}
		written += max(count, 0)
		if written == len(data) {
			return written, nil
		}
		if errno != unix.EINTR {
			b.wait()
		}
	}
	return written, errGivenBack
}

// The driver keeps the time and closes the socket; crypto/tls asks for neither where it matters.
func (b *blockingSocket) Close() error                     { return nil }
func (b *blockingSocket) LocalAddr() net.Addr              { return nil }
func (b *blockingSocket) RemoteAddr() net.Addr             { return nil }
func (b *blockingSocket) SetDeadline(time.Time) error      { return nil }
func (b *blockingSocket) SetReadDeadline(time.Time) error  { return nil }
func (b *blockingSocket) SetWriteDeadline(time.Time) error { return nil }
