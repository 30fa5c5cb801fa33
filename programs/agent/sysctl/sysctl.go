// Package sysctl reads and writes kernel settings in a chosen network namespace.
package sysctl

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

const root = "/proc/sys"

// Request is one setting to read or, with Set, to write.
type Request struct {
	Key string  `json:"key"`           // as sysctl(8) takes it: net.ipv4.ip_forward or net/ipv4/ip_forward
	In  string  `json:"in"`            // kernel, node or pod:<uid>, see Apply
	Set *string `json:"set,omitempty"` // value to write; nil to only read
	// Before is, for a value that the agent has to put back by itself if its runner dies, what it was before the run.
	Before *string `json:"before,omitempty"`
	// Settled says that with this request the value is put back, or has become somebody else's.
	Settled bool `json:"settled,omitempty"`
}

// Answer is what one Request found. Before and Got are nil where the value could not be read.
type Answer struct {
	Key    string  `json:"key"`
	In     string  `json:"in"`
	Before *string `json:"before"`
	Got    *string `json:"got"` // read back after the write; the same as Before without one
	Error  *string `json:"error"`
}

// apply carries out a request in the network namespace of the calling thread: the kernel shows
// under /proc/sys/net the values of the thread that opens the file.
func apply(request Request) Answer {
	answer := Answer{Key: request.Key, In: request.In}
	path, err := pathOf(request.Key)
	if err != nil {
		return answer.failed(err)
	}
	before, err := read(path)
	if err != nil {
		return answer.failed(describe("reading", request.Key, err))
	}
	answer.Before, answer.Got = &before, &before
	if request.Set == nil {
		return answer
	}
	writeErr := write(path, *request.Set)
	got, err := read(path)
	if err != nil {
		answer.Got = nil
		return answer.failed(describe("reading back", request.Key, err))
	}
	answer.Got = &got
	if writeErr != nil {
		return answer.failed(describe(fmt.Sprintf("writing %q to", *request.Set), request.Key, writeErr))
	}
	return answer
}

func (a Answer) failed(err error) Answer {
	sentence := err.Error()
	a.Error = &sentence
	return a
}

func pathOf(key string) (string, error) {
	names, err := PathBelow(key)
	if err != nil {
		return "", err
	}
	return filepath.Join(root, names), nil
}

// PathBelow gives a key's path below /proc/sys, as sysctl(8) does: the first separator decides which of . and / separates,
// the other one is then part of a name (net/ipv4/conf/eth0.100/rp_filter).
func PathBelow(key string) (string, error) {
	names := key
	if first := strings.IndexAny(key, "./"); first >= 0 && key[first] == '.' {
		names = strings.Map(func(r rune) rune {
			switch r {
			case '.':
				return '/'
			case '/':
				return '.'
			}
			return r
		}, key)
	}
	if !fs.ValidPath(names) || names == "." {
		return "", fmt.Errorf("%q is not a sysctl key", key)
	}
	return names, nil
}

func read(path string) (string, error) {
	content, err := os.ReadFile(path)
	return strings.TrimSuffix(string(content), "\n"), err
}

// write hands the value over in one write(2), as the kernel parses each write on its own.
func write(path, value string) error {
	file, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(file)
	_, err = unix.Write(file, []byte(value+"\n"))
	return err
}

// describe makes one sentence of a failure that begins with the errno's name where there is one.
func describe(doing, key string, err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return fmt.Errorf("%s: %s %s: %s", unix.ErrnoName(errno), doing, key, errno.Error())
	}
	return fmt.Errorf("%s %s: %w", doing, key, err)
}

// Same says whether two texts are one value: the kernel separates the values of a list by tabs, people write spaces.
func Same(one, other string) bool {
	return slices.Equal(strings.Fields(one), strings.Fields(other))
}
