// Package sysctlwrites sees who writes sysctls while it watches: a program of ours at the root of the node's cgroups is told
// of every access, lets it through, and sends on the writes of what is watched. It goes with this process.
//
// To begin takes about 35 ms of CPU time (Linux 6.18), most of it to read the kernel's types; from then on only what accesses
// sysctls pays.
package sysctlwrites

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netns"
)

// Write is one write of a watched setting by somebody else than this container. The kernel may yet have refused the value.
type Write struct {
	Path      string // below /proc/sys
	Namespace uint64 // inode of the network namespace whose setting it is
	Value     string // empty where it was too long to be seen whole
	By        Writer
	atNs      int64
}

// Watch is told of writes until it is closed.
type Watch struct {
	paths   []string
	ours    uint32 // our container's mount namespace, which other commands of this agent share
	naming  naming
	ring    *ringbuf.Reader
	flushed chan struct{} // closed when nobody listens any more
	close   []func() error

	mutex  sync.Mutex
	writes []Write
}

// mostWrites are kept from one look to the next; of more, the first are forgotten.
const mostWrites = 1024

// Open begins to watch settings, by their paths below /proc/sys. An error says why nobody will be seen.
func Open(paths []string) (*Watch, error) {
	groups, err := openGroups()
	if err != nil {
		return nil, err
	}
	return openButOurs(groups, paths)
}

// OpenIn is Open for what processes of one cgroup write, and of those below it.
func OpenIn(folder string, paths []string) (*Watch, error) {
	groups, err := openGroupsAt(folder)
	if err != nil {
		return nil, err
	}
	return openButOurs(groups, paths)
}

func openButOurs(groups *groups, paths []string) (*Watch, error) {
	ours, err := netns.Inode("/proc/self/ns/mnt")
	if err != nil {
		groups.close()
		return nil, err
	}
	return openAt(groups, uint32(ours), paths)
}

// openAt watches what processes in the groups write, but for those in mount namespace ours.
func openAt(groups *groups, ours uint32, paths []string) (_ *Watch, err error) {
	watch := &Watch{paths: paths, ours: ours, flushed: make(chan struct{})}
	watch.close = append(watch.close, func() error { groups.close(); return nil })
	defer func() {
		if err != nil {
			_ = watch.Close()
		}
	}()
	if watch.naming, err = newNaming(groups); err != nil {
		return nil, err
	}
	kernel, err := readLayout()
	if err != nil {
		return nil, err
	}
	// Before Linux 5.11 maps and programs count as locked memory. Who may not raise the limit is told so by the kernel.
	_ = unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
	names, err := watch.newMap(&ebpf.MapSpec{
		Name: "watched", Type: ebpf.Hash, KeySize: nameBytes, ValueSize: 4, MaxEntries: uint32(2 * len(paths)),
	})
	if err != nil {
		return nil, err
	}
	for number, path := range paths {
		for _, name := range namesOf(path) {
			if len(name) >= nameBytes {
				return nil, fmt.Errorf("%s is too long a name", name)
			}
			if err := names.Put(padded(name), uint32(number)); err != nil {
				return nil, err
			}
		}
	}
	ring, err := watch.newMap(&ebpf.MapSpec{Name: "writes", Type: ebpf.RingBuf, MaxEntries: ringBytes})
	if err != nil {
		return nil, err
	}
	if watch.ring, err = ringbuf.NewReader(ring); err != nil {
		return nil, err
	}
	watch.close = append(watch.close, watch.untilNobodyListens, watch.ring.Close)
	go watch.listen()
	loaded, err := ebpf.NewProgram(program(names, ring, kernel))
	if err != nil {
		return nil, fmt.Errorf("the kernel does not take the program: %w", err)
	}
	defer loaded.Close()
	// A link, and nothing that would stay where this process is killed.
	attached, err := link.AttachRawLink(link.RawLinkOptions{
		Target: int(groups.root.Fd()), Program: loaded, Attach: ebpf.AttachCGroupSysctl,
	})
	if err != nil {
		return nil, fmt.Errorf("the kernel does not attach the program: %w", err)
	}
	watch.close = append(watch.close, attached.Close)
	return watch, nil
}

func (w *Watch) newMap(spec *ebpf.MapSpec) (*ebpf.Map, error) {
	made, err := ebpf.NewMap(spec)
	if err == nil {
		w.close = append(w.close, made.Close)
	}
	return made, err
}

// Close detaches the program.
func (w *Watch) Close() error {
	var all error
	for _, each := range slices.Backward(w.close) {
		all = errors.Join(all, each())
	}
	return all
}

// Now is an instant on the clock of writes.
func Now() int64 {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) // fails for unknown clocks only
	return now.Nano()
}

// Since gives all writes that were made since an instant until now, in order, and forgets what was before.
func (w *Watch) Since(instant int64) ([]Write, error) {
	if err := w.ring.Flush(); err != nil {
		return nil, err
	}
	if _, listens := <-w.flushed; !listens {
		return nil, errors.New("what the program sends can't be read")
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.writes = slices.DeleteFunc(w.writes, func(each Write) bool { return each.atNs < instant })
	return slices.Clone(w.writes), nil
}

// listen names each writer at once, for it may be gone soon.
func (w *Watch) listen() {
	defer close(w.flushed)
	var record ringbuf.Record
	for {
		err := w.ring.ReadInto(&record)
		switch {
		case errors.Is(err, ringbuf.ErrFlushed):
			w.flushed <- struct{}{}
		case err != nil: // os.ErrClosed
			return
		default:
			w.take(record.RawSample)
		}
	}
}

func (w *Watch) untilNobodyListens() error {
	<-w.flushed
	return nil
}

func (w *Watch) take(sample []byte) {
	var seen event
	if _, err := binary.Decode(sample, binary.NativeEndian, &seen); err != nil || int(seen.Setting) >= len(w.paths) {
		return
	}
	if seen.WriterMounts == w.ours {
		return
	}
	write := Write{
		Path: w.paths[seen.Setting], Namespace: uint64(seen.Namespace), By: w.naming.writer(seen), atNs: int64(seen.AtNs),
	}
	if seen.ValueLength >= 0 {
		write.Value = strings.TrimSpace(unix.ByteSliceToString(seen.Value[:]))
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.writes) == mostWrites {
		w.writes = slices.Delete(w.writes, 0, 1)
	}
	w.writes = append(w.writes, write)
}

// namesOf gives all names of one setting.
func namesOf(path string) []string {
	if path == "net/netfilter/nf_conntrack_max" {
		return []string{path, "net/nf_conntrack_max"} // as it was called at first, and is still
	}
	return []string{path}
}

func padded(name string) []byte {
	return append([]byte(name), bytes.Repeat([]byte{0}, nameBytes-len(name))...)
}
