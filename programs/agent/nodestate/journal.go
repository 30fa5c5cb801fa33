// Package nodestate is what a node's agent keeps of its own work: a write-ahead journal of what it changed on the node, and
// when its runner was last heard of. It lies in a folder of the agent's pod, which outlives the agent's process.
package nodestate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// FolderVariable names the folder. Only the agents on nodes have it: what a load pod changes goes with the pod.
const FolderVariable = "PACKETWALK_NODE_STATE"

// Change is one thing on the node that is not as it was before.
type Change struct {
	Kind    string  `json:"change"`            // sysctl, address, entries or pod-path
	Key     string  `json:"key,omitempty"`     // of a sysctl
	In      string  `json:"in,omitempty"`      // of a sysctl: kernel or node
	Before  *string `json:"before,omitempty"`  // of a sysctl: its value before the run; of a pod path: all of it, as JSON
	Wrote   *string `json:"wrote,omitempty"`   // of a sysctl: what it was set to
	Address string  `json:"address,omitempty"` // given to the node
	Mark    uint32  `json:"mark,omitempty"`    // of entries in the connection table
}

const (
	Sysctl  = "sysctl"
	Address = "address"
	Entries = "entries"
	PodPath = "pod-path"
)

// thing names what a change is about: of several changes to one thing the oldest knows what was there before.
func (c Change) thing() string {
	return fmt.Sprintf("%s %s %s %s %d", c.Kind, c.In, c.Key, c.Address, c.Mark)
}

type line struct {
	Change
	Settled bool `json:"settled,omitempty"`
}

// State is the folder, held by one process at a time.
type State struct {
	folder string
	lock   *os.File
}

// ErrHealed says that this agent has put its node back and takes no further changes.
var ErrHealed = errors.New("this agent has not heard of its runner and has put its node back; it changes nothing any more")

// Open waits until no other process of this agent has the folder. It gives nil where there is none, on which every method
// does nothing.
func Open() (*State, error) {
	folder := os.Getenv(FolderVariable)
	if folder == "" {
		return nil, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(lock.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return &State{folder: folder, lock: lock}, nil
}

// With does work with the folder held.
func With(work func(*State) error) error {
	state, err := Open()
	if err != nil {
		return err
	}
	defer state.Close()
	return work(state)
}

func (s *State) Close() {
	if s != nil {
		s.lock.Close()
	}
}

// Record writes changes down before they are made; they may not be made if it fails.
func (s *State) Record(changes ...Change) error {
	if s == nil || len(changes) == 0 {
		return nil
	}
	if s.isHealed() {
		return ErrHealed
	}
	return s.append(false, changes)
}

// Settle says that changes are undone, or no longer ours.
func (s *State) Settle(changes ...Change) error {
	if s == nil || len(changes) == 0 {
		return nil
	}
	return s.append(true, changes)
}

func (s *State) append(settled bool, changes []Change) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for _, change := range changes {
		if err := encoder.Encode(line{change, settled}); err != nil {
			return err
		}
	}
	journal, err := os.OpenFile(s.journal(), os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer journal.Close()
	if err := cutTornEnd(journal); err != nil {
		return err
	}
	if _, err := journal.Write(text.Bytes()); err != nil {
		return err
	}
	return journal.Sync()
}

// Unsettled gives what is not undone yet, the latest first.
func (s *State) Unsettled() ([]Change, error) {
	if s == nil {
		return nil, nil
	}
	text, err := os.ReadFile(s.journal())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var open []Change
	lines := bytes.Split(text, []byte("\n"))
	for number, each := range lines[:len(lines)-1] {
		var read line
		if err := json.Unmarshal(each, &read); err != nil {
			return nil, fmt.Errorf("line %d of the node's journal is damaged: %w", number+1, err)
		}
		isThis := func(each Change) bool { return each.thing() == read.thing() }
		if at := slices.IndexFunc(open, isThis); at >= 0 && read.Settled {
			open = slices.Delete(open, at, at+1)
		} else if at < 0 && !read.Settled {
			open = append(open, read.Change)
		}
	}
	slices.Reverse(open)
	return open, nil
}

// cutTornEnd removes a last line that a crash cut short: it describes a change that was never made.
func cutTornEnd(journal *os.File) error {
	text, err := os.ReadFile(journal.Name())
	if err != nil {
		return err
	}
	return journal.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1))
}

func (s *State) journal() string { return filepath.Join(s.folder, "journal.jsonl") }
