// Package ciliumct reads the connection tracking table that Cilium keeps in place of the kernel's: how large it is, how
// full, and how often a packet was dropped since no entry could be made.
package ciliumct

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"

	"github.com/cilium/ebpf"
)

const (
	pinned     = "sys/fs/bpf/tc/globals"
	tcpTable   = "cilium_ct4_global"
	metricsMap = "cilium_metrics"
	// insertFailed is DROP_CT_CREATE_FAILED (bpf/lib/drop_reasons.h), "CT: Map insertion failed" in cilium_drop_count_total.
	insertFailed = 155
	batch        = 4096
)

// Table is the one of a node's TCP connections over IPv4.
type Table struct {
	entries *ebpf.Map
	metrics *ebpf.Map
}

// Open finds the table of the network namespace that this process is in: nodes that share a kernel each have one.
// Without Cilium the error is fs.ErrNotExist.
func Open() (*Table, error) {
	folder, err := find()
	if err != nil {
		return nil, err
	}
	return openIn(folder)
}

func openIn(folder string) (*Table, error) {
	readOnly := &ebpf.LoadPinOptions{ReadOnly: true}
	entries, err := ebpf.LoadPinnedMap(filepath.Join(folder, tcpTable), readOnly)
	if err != nil {
		return nil, fmt.Errorf("cannot open Cilium's connection table: %w", err)
	}
	metrics, err := ebpf.LoadPinnedMap(filepath.Join(folder, metricsMap), readOnly)
	if err != nil {
		entries.Close()
		return nil, fmt.Errorf("cannot open Cilium's counters: %w", err)
	}
	return &Table{entries: entries, metrics: metrics}, nil
}

// Close lets go of it.
func (t *Table) Close() { t.entries.Close(); t.metrics.Close() }

// Limit is how many entries it can have.
func (t *Table) Limit() uint64 { return uint64(t.entries.MaxEntries()) }

// Entries counts what is in it, those included whose time is over and that Cilium has not collected yet: they take their
// place too.
func (t *Table) Entries() (uint64, error) {
	keys := buffer(t.entries.KeySize())
	values := buffer(t.entries.ValueSize())
	var cursor ebpf.MapBatchCursor
	var count uint64
	for {
		n, err := t.entries.BatchLookup(&cursor, keys, values, nil)
		count += uint64(n)
		if errors.Is(err, ebpf.ErrKeyNotExist) {
			return count, nil
		}
		if err != nil {
			return 0, fmt.Errorf("cannot count Cilium's connections: %w", err)
		}
	}
}

// InsertFailed counts the packets that were dropped since no entry could be made for their connection.
func (t *Table) InsertFailed() (uint64, error) {
	var key [8]byte // its first byte is the reason
	var perCPU []struct{ Count, Bytes uint64 }
	var sum uint64
	all := t.metrics.Iterate()
	for all.Next(&key, &perCPU) {
		if key[0] != insertFailed {
			continue
		}
		for _, each := range perCPU {
			sum += each.Count
		}
	}
	if err := all.Err(); err != nil {
		return 0, fmt.Errorf("cannot read Cilium's counters: %w", err)
	}
	return sum, nil
}

// buffer is a slice of byte arrays: what a key or a value consists of is not looked at, and differs between versions.
func buffer(size uint32) any {
	each := reflect.ArrayOf(int(size), reflect.TypeFor[byte]())
	return reflect.MakeSlice(reflect.SliceOf(each), batch, batch).Interface()
}

// find looks through the root folders of the processes in our network namespace: an agent's, or that of anything else on
// a node whose mounts have the file system with Cilium's maps.
func find() (string, error) {
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return "", err
	}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return "", err
	}
	for _, each := range processes {
		if _, err := strconv.Atoi(each.Name()); err != nil {
			continue
		}
		process := filepath.Join("/proc", each.Name())
		if network, err := os.Readlink(process + "/ns/net"); err != nil || network != own {
			continue
		}
		folder := filepath.Join(process, "root", pinned)
		if _, err := os.Stat(filepath.Join(folder, tcpTable)); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no process of this node shows Cilium's maps: %w", fs.ErrNotExist)
}
