package signals

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Signal is one signal as it was sent.
type Signal struct {
	Number  unix.Signal
	PID     int // of the process or thread that it was meant for
	Ignored bool
	At      time.Time
}

// stopSignals are those by which container runtimes and servers stop, or let stop; 37 is
// systemd's SIGRTMIN+3. Others (children's ends, a runtime's own preemption) are far more frequent.
var stopSignals = []unix.Signal{
	unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGKILL, unix.SIGUSR1, unix.SIGUSR2, unix.SIGTERM, unix.SIGWINCH, 37,
}

// Watcher holds one event buffer for each CPU.
type Watcher struct {
	layout  layout
	buffers []*buffer
	wake    int // eventfd that ends Run
}

// Watch starts to record the stop signals of all processes. It fails, in one sentence, where the
// kernel does not allow that.
func Watch() (*Watcher, error) {
	layout, err := describe()
	if err != nil {
		return nil, err
	}
	cpus, err := onlineCPUs()
	if err != nil {
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	w := &Watcher{layout: layout, wake: wake}
	for _, cpu := range cpus {
		opened, err := openBuffer(layout.id, cpu, filter())
		if err != nil {
			w.close()
			return nil, fmt.Errorf("the signal tracepoint cannot be read: %w", err)
		}
		w.buffers = append(w.buffers, opened)
	}
	return w, nil
}

// Run calls onSignal for each signal, and onLost with how many there was no room for, until Stop.
func (w *Watcher) Run(onSignal func(Signal), onLost func(count uint64)) error {
	defer w.close()
	polled := []unix.PollFd{{Fd: int32(w.wake), Events: unix.POLLIN}}
	for _, each := range w.buffers {
		polled = append(polled, unix.PollFd{Fd: int32(each.fd), Events: unix.POLLIN})
	}
	for {
		if _, err := unix.Poll(polled, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("cannot wait for signals: %w", err)
		}
		offset := monotonicToUnix()
		for _, each := range w.buffers {
			each.drain(func(atMonotonicNs uint64, record []byte) {
				if signal, ok := w.layout.parse(record); ok {
					signal.At = time.Unix(0, int64(atMonotonicNs)+offset)
					onSignal(signal)
				}
			}, onLost)
		}
		if polled[0].Revents != 0 {
			return nil
		}
	}
}

// Stop ends Run, after what was recorded until now.
func (w *Watcher) Stop() { _, _ = unix.Write(w.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

func (w *Watcher) close() {
	for _, each := range w.buffers {
		each.close()
	}
	unix.Close(w.wake)
}

func filter() string {
	terms := make([]string, len(stopSignals))
	for i, each := range stopSignals {
		terms[i] = fmt.Sprintf("sig == %d", int(each))
	}
	return strings.Join(terms, " || ")
}

// onlineCPUs parses a list such as "0-3,6".
func onlineCPUs() ([]int, error) {
	content, err := os.ReadFile("/sys/devices/system/cpu/online")
	if err != nil {
		return nil, err
	}
	var cpus []int
	for _, part := range strings.Split(strings.TrimSpace(string(content)), ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.Atoi(from)
		if err != nil {
			return nil, fmt.Errorf("the list of CPUs is %q", content)
		}
		last, err := strconv.Atoi(to)
		if err != nil {
			return nil, fmt.Errorf("the list of CPUs is %q", content)
		}
		for cpu := first; cpu <= last; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus, nil
}

// monotonicToUnix gives what is to be added to CLOCK_MONOTONIC, by which records are stamped.
func monotonicToUnix() int64 {
	var monotonic, realtime unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &monotonic)
	_ = unix.ClockGettime(unix.CLOCK_REALTIME, &realtime)
	return realtime.Nano() - monotonic.Nano()
}
