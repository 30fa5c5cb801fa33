// Package pathcheck asks a path between two pods what passes it: packets up to which size, with which digests, how many new
// connections a second, and how many bytes.
package pathcheck

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"golang.org/x/sys/unix"
)

// What a datagram asks for, in its first byte.
const (
	// askSize: a short answer, with the digest of what came.
	askSize = 's'
	// askEcho: the same, and then all of what came once more.
	askEcho = 'e'
)

// What a connection asks for, in its first byte.
const (
	oneByte    = 'c'
	countBytes = 'b'
	digest     = 'd'
)

const (
	// header of a datagram: what it asks for, and its number.
	header = 1 + 8
	// answer's: the same, and the digest of what came.
	answerHeader = header + sha256.Size
	largest      = 65507
	chunk        = 256 << 10
)

// Serve answers on a port until it fails.
func Serve(port int) error {
	packets, err := net.ListenUDP("udp4", &net.UDPAddr{Port: port})
	if err != nil {
		return err
	}
	defer packets.Close()
	// What passes to here and what passes back are two questions: an answer may not be split on its way.
	if err := dontFragment(packets); err != nil {
		return err
	}
	connections, err := net.ListenTCP("tcp4", &net.TCPAddr{Port: port})
	if err != nil {
		return err
	}
	defer connections.Close()
	failed := make(chan error, 2)
	go func() { failed <- answerDatagrams(packets) }()
	go func() { failed <- answerConnections(connections) }()
	return <-failed
}

func answerDatagrams(conn *net.UDPConn) error {
	buffer := make([]byte, largest)
	for {
		length, from, err := conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			// An ICMP message about an earlier answer is no reason to end.
			if errors.Is(err, unix.EMSGSIZE) || errors.Is(err, unix.ECONNREFUSED) {
				continue
			}
			return fmt.Errorf("datagrams can't be read: %w", err)
		}
		came := buffer[:length]
		if length < header || (came[0] != askSize && came[0] != askEcho) {
			continue
		}
		sum := sha256.Sum256(came)
		answer := append(append([]byte{}, came[:header]...), sum[:]...)
		if came[0] == askEcho {
			answer = append(answer, came[header:]...)
		}
		// An answer that can't be sent is missed by whoever asked.
		_, _ = conn.WriteToUDPAddrPort(answer, from)
	}
}

func answerConnections(listener *net.TCPListener) error {
	for {
		conn, err := listener.AcceptTCP()
		if err != nil {
			return fmt.Errorf("connections can't be taken: %w", err)
		}
		go func() {
			defer conn.Close()
			_ = answerConnection(conn)
		}()
	}
}

func answerConnection(conn *net.TCPConn) error {
	var asked [1]byte
	if _, err := io.ReadFull(conn, asked[:]); err != nil {
		return err
	}
	switch asked[0] {
	case oneByte:
		if _, err := conn.Write(asked[:]); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, conn)
		return err
	case countBytes:
		count, err := drain(conn, nil)
		if err != nil {
			return err
		}
		return binary.Write(conn, binary.BigEndian, count)
	case digest:
		sum := sha256.New()
		count, err := drain(conn, sum)
		if err != nil {
			return err
		}
		_, err = conn.Write(sum.Sum(binary.BigEndian.AppendUint64(nil, count)))
		return err
	}
	return fmt.Errorf("%q is nothing that can be asked", asked[0])
}

// drain reads all that comes, into sum if there is one.
func drain(conn io.Reader, sum io.Writer) (count uint64, err error) {
	buffer := make([]byte, chunk)
	for {
		length, err := conn.Read(buffer)
		count += uint64(length)
		if sum != nil {
			_, _ = sum.Write(buffer[:length]) // a hash never fails
		}
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err != nil {
			return count, err
		}
	}
}

// dontFragment has the kernel send datagrams whole, however large it believes that they may be.
func dontFragment(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var refused error
	err = raw.Control(func(descriptor uintptr) {
		refused = unix.SetsockoptInt(int(descriptor), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
	})
	return errors.Join(err, refused)
}
