package podwatch

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
)

func TestMain(m *testing.M) { isolated.Main(m) }

// container is a process in a cgroup that has a container's name.
func container(t *testing.T) (name string, main *exec.Cmd) {
	t.Helper()
	isolated.Require(t)
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	name = hex.EncodeToString(random)
	group := ""
	for _, hierarchy := range []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"} {
		if _, err := os.Stat(filepath.Join(hierarchy, "cgroup.procs")); err == nil {
			group = filepath.Join(hierarchy, "packetwalk-test-"+name)
			break
		}
	}
	if group == "" {
		t.Skip("no cgroup hierarchy is mounted")
	}
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skip(err)
	}
	main = exec.Command("sleep", "60")
	if err := main.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = main.Process.Kill()
		_ = main.Wait()
		_ = os.Remove(group)
	})
	if err := os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(strconv.Itoa(main.Process.Pid)), 0o644); err != nil {
		t.Fatal(err)
	}
	return name, main
}

// session is a watch with its two ends.
type session struct {
	t      *testing.T
	orders *json.Encoder
	input  io.Closer
	events chan Event
	ended  chan error
}

func start(t *testing.T) *session {
	orders, input := io.Pipe()
	output, lines := io.Pipe()
	s := &session{t: t, orders: json.NewEncoder(input), input: input, events: make(chan Event, 100), ended: make(chan error, 1)}
	go func() {
		err := Run(context.Background(), orders, lines)
		lines.Close()
		s.ended <- err
	}()
	go func() {
		defer close(s.events)
		for scanner := bufio.NewScanner(output); scanner.Scan(); {
			var event Event
			if err := json.Unmarshal(scanner.Bytes(), &event); err != nil {
				t.Error(err)
			}
			s.events <- event
		}
	}()
	return s
}

func (s *session) order(order Order) {
	s.t.Helper()
	if err := s.orders.Encode(order); err != nil {
		s.t.Fatal(err)
	}
}

// next gives the next event of the kind.
func (s *session) next(kind Kind) Event {
	s.t.Helper()
	return s.one(kind)[kind]
}

// one waits for the first event of each kind, in whatever order they come.
func (s *session) one(kinds ...Kind) map[Kind]Event {
	s.t.Helper()
	patience := time.After(5 * time.Second)
	found := make(map[Kind]Event, len(kinds))
	for len(found) < len(kinds) {
		select {
		case event, open := <-s.events:
			if !open {
				s.t.Fatalf("the watch ended with %v of the events %q", found, kinds)
			}
			if _, known := found[event.Kind]; !known && slices.Contains(kinds, event.Kind) {
				found[event.Kind] = event
			}
		case <-patience:
			s.t.Fatalf("only %v of the events %q", found, kinds)
		}
	}
	return found
}

func TestSignalAndExit(t *testing.T) {
	name, main := container(t)
	s := start(t)
	s.order(Order{Container: name})
	if found := s.next(Process); found.Container != name || *found.IgnoresSigterm {
		t.Errorf("%+v", found)
	}
	before := float64(time.Now().UnixMicro()) / 1000
	if err := Kill(name); err != nil {
		t.Fatal(err)
	}
	// Seen by two watches: either may be told first.
	events := s.one(Signalled, Exited)
	signalled, exited := events[Signalled], events[Exited]
	if signalled.Container != name || signalled.Signal != "SIGKILL" {
		t.Errorf("%+v", signalled)
	}
	_ = main.Wait()
	after := float64(time.Now().UnixMicro()) / 1000
	if exited.Container != name || signalled.AtUnixMs < before-1 || exited.AtUnixMs < signalled.AtUnixMs-1 || exited.AtUnixMs > after {
		t.Errorf("killed after %f: signal %f, exit %f, reaped before %f", before, signalled.AtUnixMs, exited.AtUnixMs, after)
	}
	s.order(Order{Ping: 7})
	if pong := s.next(Pong); pong.Ping != 7 {
		t.Errorf("%+v", pong)
	}
	s.order(Order{End: true})
	if ended := s.next(Ended); *ended.OwnCPUMs <= 0 {
		t.Errorf("%+v", ended)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	isolated.Require(t)
	s := start(t)
	s.order(Order{Container: "0123456789abcdef0123456789abcdef"})
	s.next(NoProcess)
	if Kill("0123456789abcdef0123456789abcdef") == nil {
		t.Error("killed nobody, and did not say so")
	}
	s.input.Close()
	s.next(Ended)
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

func TestIgnoresSigterm(t *testing.T) {
	status := func(namespaced, caught, ignored string) string {
		return "Name:\tx\nNSpid:\t" + namespaced + "\nSigIgn:\t" + ignored + "\nSigCgt:\t" + caught + "\n"
	}
	const none, sigterm = "0000000000000000", "0000000000004000"
	for _, each := range []struct {
		status string
		want   bool
	}{
		{status("4711\t1", none, none), true},     // the kernel protects the first of a namespace
		{status("4711\t1", sigterm, none), false}, // it has a handler
		{status("4711\t12", none, none), false},   // the default action ends it
		{status("4711", none, sigterm), true},
	} {
		if statusIgnoresSigterm(each.status) != each.want {
			t.Errorf("%q", each.status)
		}
	}
	if ignoresSigterm(unix.Getpid()) {
		t.Error("this process ignores SIGTERM")
	}
}
