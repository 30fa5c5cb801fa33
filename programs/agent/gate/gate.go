// Package gate holds load generators back until all of them can start at one instant: each waits
// at its gate, and whoever started them opens the gates with a common start time.
package gate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Address is an abstract Unix socket, which exists once per network namespace: it needs no
// writable file system and cannot outlive its process.
const Address = "@packetwalk-gate"

// paddedAddress is where a generator listens whose runtime fills abstract names up with zero bytes
// to the length of sockaddr_un.sun_path: libuv did until its pull request 4266, so Node 20 does.
var paddedAddress = Address + strings.Repeat("\x00", 108-len(Address))

const (
	accepted      = "ok"
	exchangeLimit = 5 * time.Second
	retryPause    = 50 * time.Millisecond
)

// ErrTimeout says that nobody opened the gate in time.
var ErrTimeout = errors.New("nobody opened the gate in time")

// Wait listens until one Open arrives and returns the start time it carries. It gives up with
// ErrTimeout after timeout, or with the context's error.
func Wait(ctx context.Context, timeout time.Duration) (time.Time, error) {
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: Address, Net: "unix"})
	if err != nil {
		return time.Time{}, fmt.Errorf("cannot listen at the gate: %w", err)
	}
	defer listener.Close()
	deadline := time.Now().Add(timeout)
	if err := listener.SetDeadline(deadline); err != nil {
		return time.Time{}, err
	}
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	for {
		connection, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			return time.Time{}, ctx.Err()
		case errors.Is(err, os.ErrDeadlineExceeded):
			return time.Time{}, ErrTimeout
		case err != nil:
			return time.Time{}, fmt.Errorf("the gate broke: %w", err)
		}
		startAt, err := receive(connection)
		connection.Close()
		if err == nil {
			return startAt, nil
		}
	}
}

func receive(connection net.Conn) (time.Time, error) {
	if err := connection.SetDeadline(time.Now().Add(exchangeLimit)); err != nil {
		return time.Time{}, err
	}
	line, err := bufio.NewReaderSize(connection, 64).ReadString('\n')
	if err != nil {
		return time.Time{}, err
	}
	unixMs, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	_, err = fmt.Fprintln(connection, accepted)
	return time.UnixMilli(unixMs), err
}

// Open lets the generator that waits in this network namespace start at the given time. A
// generator that does not listen yet is waited for, at most patience.
func Open(startAt time.Time, patience time.Duration) error {
	connection, err := dial(patience)
	if err != nil {
		return err
	}
	defer connection.Close()
	return send(connection, startAt)
}

// Await returns when a generator waits at the gate of this network namespace, and leaves it there.
func Await(patience time.Duration) error {
	connection, err := dial(patience)
	if err != nil {
		return err
	}
	return connection.Close()
}

func dial(patience time.Duration) (net.Conn, error) {
	deadline := time.Now().Add(patience)
	for {
		connection, err := net.Dial("unix", Address)
		if err != nil {
			connection, err = net.Dial("unix", paddedAddress)
		}
		if err == nil {
			return connection, nil
		}
		if time.Now().After(deadline) {
			return nil, errors.New("no load generator waits at the gate in this network namespace")
		}
		time.Sleep(retryPause)
	}
}

func send(connection net.Conn, startAt time.Time) error {
	if err := connection.SetDeadline(time.Now().Add(exchangeLimit)); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(connection, startAt.UnixMilli()); err != nil {
		return fmt.Errorf("cannot open the gate: %w", err)
	}
	answer, err := bufio.NewReaderSize(connection, 64).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != accepted {
		return errors.New("the load generator did not confirm its start time")
	}
	return nil
}
