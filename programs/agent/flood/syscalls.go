package flood

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls of the inner loop go past Go's scheduler where they cannot block: telling it costs as
// much as some of the calls themselves.

func newSocket(family int) (fd int, errno unix.Errno) {
	r, _, errno := unix.RawSyscall(unix.SYS_SOCKET, uintptr(family), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	return int(r), errno
}

func connect(fd int, to *socketAddress) unix.Errno {
	_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to.raw)), to.length)
	return errno
}

func send(fd int, data []byte) (int, unix.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data)), unix.MSG_NOSIGNAL, 0, 0)
	return int(r), errno
}

func receive(fd int, into []byte) (int, unix.Errno) {
	r, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(into))), uintptr(len(into)))
	return int(r), errno
}

func again(errno unix.Errno) bool { return errno == unix.EAGAIN || errno == unix.EINTR }

// pendingError gives and clears what became of a connect(2) that was in progress.
func pendingError(fd int) unix.Errno {
	value, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return unix.EBADF
	}
	return unix.Errno(value)
}

func closeSocket(fd int) {
	unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
}

var noLinger = unix.Linger{Onoff: 1, Linger: 0}

// abort makes the coming close send an RST.
func abort(fd int) {
	unix.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_LINGER, uintptr(unsafe.Pointer(&noLinger)), unsafe.Sizeof(noLinger), 0)
}

// socketAddress is a target as connect(2) takes it.
type socketAddress struct {
	family int
	raw    unix.RawSockaddrInet6 // an IPv4 address takes its beginning
	length uintptr
}

func newSocketAddress(target netip.AddrPort) *socketAddress {
	address := &socketAddress{}
	port := target.Port()
	networkPort := [2]byte{byte(port >> 8), byte(port)}
	if target.Addr().Is4() {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&address.raw))
		v4.Family = unix.AF_INET
		v4.Port = *(*uint16)(unsafe.Pointer(&networkPort))
		v4.Addr = target.Addr().As4()
		address.family, address.length = unix.AF_INET, unix.SizeofSockaddrInet4
		return address
	}
	address.raw.Family = unix.AF_INET6
	address.raw.Port = *(*uint16)(unsafe.Pointer(&networkPort))
	address.raw.Addr = target.Addr().As16()
	address.family, address.length = unix.AF_INET6, unix.SizeofSockaddrInet6
	return address
}

// poller is an epoll instance whose sockets are known by a number of ours instead of their fd.
type poller struct {
	fd     int
	events [eventsPerWait]unix.EpollEvent
	// What is passed to the kernel by address would be allocated anew for each call elsewhere.
	change  unix.EpollEvent
	timeout unix.Timespec
	// coarse: this kernel or sandbox lacks epoll_pwait2(2) (Linux 5.11), waits end at whole ms.
	coarse bool
	// polite: tell Go's scheduler of short waits as well.
	polite bool
}

// shortWait is how long a wait may hold back Go's scheduler. Telling it about each wait, which it
// answers by waking another thread, costs as much as a request; what waits meanwhile (a signal's
// handler, the garbage collector) can bear a few ms, and gets its turn when the wait ends.
const shortWait = 5 * time.Millisecond

// epollET is EPOLLET without the sign that unix gives it.
const epollET = 1 << 31

// eventsPerWait bounds how long arrivals wait while events are worked off. A connection makes about
// two events, so that a backlog of launches cannot outrun its events.
const eventsPerWait = 2 * launchesPerTurn

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cannot create an epoll instance: %w", err)
	}
	return &poller{fd: fd}, nil
}

func (p *poller) close() { unix.Close(p.fd) }

// add watches a socket, edge-triggered, until it is closed.
func (p *poller) add(fd int, events uint32, number int32) unix.Errno {
	p.change = unix.EpollEvent{Events: events | epollET, Fd: number}
	_, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(p.fd), unix.EPOLL_CTL_ADD, uintptr(fd), uintptr(unsafe.Pointer(&p.change)), 0, 0)
	return errno
}

// wait gives the next events, none after timeout. A timeout of zero does not block.
func (p *poller) wait(timeout time.Duration) ([]unix.EpollEvent, error) {
	if p.coarse {
		return p.waitCoarse(timeout)
	}
	p.timeout = unix.NsecToTimespec(int64(max(timeout, 0)))
	call := unix.RawSyscall6
	if timeout > shortWait || p.polite && timeout > 0 {
		call = unix.Syscall6
	}
	count, _, errno := call(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events)), eventsPerWait, uintptr(unsafe.Pointer(&p.timeout)), 0, 0)
	switch errno {
	case 0:
		return p.events[:count], nil
	case unix.EINTR:
		return nil, nil
	case unix.ENOSYS, unix.EPERM:
		p.coarse = true
		return p.waitCoarse(timeout)
	}
	return nil, fmt.Errorf("cannot wait for sockets: %w", errno)
}

func (p *poller) waitCoarse(timeout time.Duration) ([]unix.EpollEvent, error) {
	roundedUp := (max(timeout, 0) + time.Millisecond - 1) / time.Millisecond
	count, err := unix.EpollWait(p.fd, p.events[:], int(roundedUp))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return nil, fmt.Errorf("cannot wait for sockets: %w", err)
	}
	return p.events[:max(count, 0)], nil
}

// sharpenTimers lets the calling thread's waits end on time: by default the kernel may be 50 µs late.
func sharpenTimers() {
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // without it, waits are only less precise
}
