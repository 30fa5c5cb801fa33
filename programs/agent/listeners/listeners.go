// Package listeners reads the listen queues of TCP sockets: how long each may grow, and how many
// connections wait in it now. /proc/net/tcp does not tell the former.
package listeners

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"sort"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netns"
)

// Queue is the listen queue of one socket.
type Queue struct {
	In      string `json:"in"` // "node", or "pod:<uid>"
	Port    uint16 `json:"port"`
	Most    uint32 `json:"most"`    // what listen(2) was asked for, at most net.core.somaxconn
	Waiting uint32 `json:"waiting"` // accepted by the kernel, and not yet by the program
}

// Numbers and sizes of include/uapi/linux/sock_diag.h and inet_diag.h.
const (
	byFamily     = 20 // SOCK_DIAG_BY_FAMILY
	requestBytes = 56 // struct inet_diag_req_v2
	messageBytes = 72 // struct inet_diag_msg
	portAt       = 4  // id.idiag_sport, in network byte order
	addressAt    = 8  // id.idiag_src
	waitingAt    = 56 // idiag_rqueue
	mostAt       = 60 // idiag_wqueue
	stateListen  = 10 // TCP_LISTEN
)

// Read gives the queues of the agent's own namespace, which is the node's, and of pods. A pod that
// has no process here any more is left out.
func Read(uids []string) ([]Queue, error) {
	queues, err := in(netns.Own, "node")
	if err != nil {
		return nil, err
	}
	processes, err := netns.PodProcesses(uids)
	if err != nil {
		return nil, err
	}
	for _, uid := range uids {
		pid, found := processes[uid]
		if !found {
			continue
		}
		own, err := in(netns.OfProcess(pid), "pod:"+uid)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has ended meanwhile
		}
		if err != nil {
			return nil, err
		}
		queues = append(queues, own...)
	}
	return queues, nil
}

func in(namespace, place string) ([]Queue, error) {
	queues := []Queue{}
	err := netns.Do(namespace, func() error {
		conn, err := netlink.Dial(unix.NETLINK_SOCK_DIAG, nil)
		if err != nil {
			return fmt.Errorf("cannot open a netlink socket for sockets: %w", err)
		}
		defer conn.Close()
		for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
			replies, err := conn.Execute(request(family))
			if err != nil {
				return fmt.Errorf("the kernel does not list listening sockets: %w", err)
			}
			for _, reply := range replies {
				if len(reply.Data) < messageBytes {
					return fmt.Errorf("the kernel lists a socket in %d bytes, which are too few", len(reply.Data))
				}
				if isLoopback(family, reply.Data[addressAt:]) {
					continue
				}
				queues = append(queues, Queue{
					In:      place,
					Port:    binary.BigEndian.Uint16(reply.Data[portAt:]),
					Most:    binary.NativeEndian.Uint32(reply.Data[mostAt:]),
					Waiting: binary.NativeEndian.Uint32(reply.Data[waitingAt:]),
				})
			}
		}
		return nil
	})
	sort.Slice(queues, func(a, b int) bool { return queues[a].Port < queues[b].Port })
	return queues, err
}

func request(family byte) netlink.Message {
	data := make([]byte, requestBytes)
	data[0], data[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(data[4:], 1<<stateListen)
	return netlink.Message{
		Header: netlink.Header{Type: byFamily, Flags: netlink.Request | netlink.Dump},
		Data:   data,
	}
}

// isLoopback tells a socket that nobody reaches from outside its namespace.
func isLoopback(family byte, address []byte) bool {
	if family == unix.AF_INET {
		return address[0] == 127
	}
	for _, each := range address[:15] {
		if each != 0 {
			return false
		}
	}
	return address[15] == 1
}
