package pathcheck

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const dialTimeout = 2 * time.Second

// Connections is what a closed loop of new connections came to.
type Connections struct {
	Made    int     `json:"made"`
	Seconds float64 `json:"seconds"`
	// Failed by what went wrong, in the kernel's name for it.
	Failed map[string]int `json:"failed"`
}

// CountConnections has workers open connections, one after another, exchange a byte and reset them, so that no port is left
// in TIME_WAIT.
func CountConnections(server *net.UDPAddr, workers int, length time.Duration) Connections {
	result := Connections{Failed: map[string]int{}}
	var lock sync.Mutex
	var group sync.WaitGroup
	begin := time.Now()
	for range workers {
		group.Go(func() {
			made, failed := 0, map[string]int{}
			for time.Since(begin) < length {
				if err := oneConnection(server); err != nil {
					failed[nameOf(err)]++
					continue
				}
				made++
			}
			lock.Lock()
			defer lock.Unlock()
			result.Made += made
			for name, count := range failed {
				result.Failed[name] += count
			}
		})
	}
	group.Wait()
	result.Seconds = time.Since(begin).Seconds()
	return result
}

func oneConnection(server *net.UDPAddr) error {
	conn, err := dial(server)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := errors.Join(conn.SetLinger(0), conn.SetDeadline(time.Now().Add(dialTimeout))); err != nil {
		return err
	}
	exchanged := []byte{oneByte}
	if _, err := conn.Write(exchanged); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, exchanged)
	return err
}

func dial(server *net.UDPAddr) (*net.TCPConn, error) {
	conn, err := net.DialTimeout("tcp4", server.AddrPort().String(), dialTimeout)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

func nameOf(err error) string {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return unix.ErrnoName(errno)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "timeout"
	}
	return "other"
}

// Bulk is what streams came to; the server counted the bytes.
type Bulk struct {
	Bytes   uint64  `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

// SendBulk sends as much as passes.
func SendBulk(server *net.UDPAddr, streams int, length time.Duration) (Bulk, error) {
	var lock sync.Mutex
	var group sync.WaitGroup
	var failures []error
	var result Bulk
	begin := time.Now()
	for range streams {
		group.Go(func() {
			count, err := oneStream(server, begin.Add(length))
			lock.Lock()
			defer lock.Unlock()
			result.Bytes += count
			if err != nil {
				failures = append(failures, err)
			}
		})
	}
	group.Wait()
	result.Seconds = time.Since(begin).Seconds()
	return result, errors.Join(failures...)
}

func oneStream(server *net.UDPAddr, until time.Time) (uint64, error) {
	conn, err := dial(server)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(until.Add(10 * time.Second)); err != nil {
		return 0, err
	}
	if _, err := conn.Write([]byte{countBytes}); err != nil {
		return 0, err
	}
	buffer := make([]byte, chunk)
	for time.Now().Before(until) {
		if _, err := conn.Write(buffer); err != nil {
			return 0, fmt.Errorf("a stream broke: %w", err)
		}
	}
	if err := conn.CloseWrite(); err != nil {
		return 0, err
	}
	var count uint64
	if err := binary.Read(conn, binary.BigEndian, &count); err != nil {
		return 0, fmt.Errorf("a stream's count did not come: %w", err)
	}
	return count, nil
}
