package netfilter

import (
	"errors"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Batch sends many requests at once and reports those that the kernel refuses. It works through
// them in order and answers only the refused ones, and the last, which is made to ask for it.
func Batch(conn *netlink.Conn, requests []netlink.Message, onRefusal func(unix.Errno)) error {
	for i := range requests { // which may have been sent before
		requests[i].Header.Sequence = 0
		requests[i].Header.Flags &^= netlink.Acknowledge
	}
	last := &requests[len(requests)-1].Header
	last.Flags |= netlink.Acknowledge
	if _, err := conn.SendMessages(requests); err != nil { // it numbers them
		return err
	}
	for {
		_, err := conn.Receive()
		if err == nil {
			return nil
		}
		var answer *netlink.OpError
		if !errors.As(err, &answer) {
			return err
		}
		errno, refused := answer.Err.(unix.Errno) // and not the error of a system call
		if !refused {
			return err
		}
		onRefusal(errno)
		// Without CAP_NET_ADMIN, one answer is for all (nfnetlink_rcv in net/netfilter/nfnetlink.c).
		if answer.Sequence == last.Sequence || errno == unix.EPERM {
			return nil
		}
	}
}
