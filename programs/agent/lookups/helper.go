package lookups

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Answer is what getaddrinfo gave for one name.
type Answer struct {
	Code    int // its return value; 0: found
	Errno   int // afterwards
	Count   int // addresses
	Address string
	Took    time.Duration // from when it was asked for
}

// Helper is a process that looks names up with the resolver of one libc (programs/lookup), many at a
// time: nothing in Go resolves names as C programs do.
type Helper struct {
	process *exec.Cmd
	input   io.WriteCloser
	ended   chan struct{} // closed once it gives no more answers

	lock    sync.Mutex
	waiting map[uint64]waiter
	asked   uint64
	broken  error
}

type waiter struct {
	since time.Time
	done  func(Answer, error)
}

// Start runs a helper that has so many look-ups under way at most; any more wait for one of them.
func Start(path string, atOnce int) (*Helper, error) {
	process := exec.Command(path, fmt.Sprint(atOnce))
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("the look-up helper can't be started: %w", err)
	}
	h := &Helper{process: process, input: input, ended: make(chan struct{}), waiting: map[uint64]waiter{}}
	go h.read(output)
	return h, nil
}

// Ask looks a name up and calls done when it is known how that ended: once, from another goroutine.
func (h *Helper) Ask(name string, done func(Answer, error)) {
	h.lock.Lock()
	if h.broken != nil {
		h.lock.Unlock()
		done(Answer{}, h.broken)
		return
	}
	h.asked++
	id := h.asked
	h.waiting[id] = waiter{time.Now(), done}
	h.lock.Unlock()
	if _, err := fmt.Fprintf(h.input, "%d %s\n", id, name); err != nil {
		h.fail(fmt.Errorf("the look-up helper takes no more names: %w", err))
	}
}

// LookUp looks a name up and waits for the answer.
func (h *Helper) LookUp(name string) (Answer, error) {
	type result struct {
		answer Answer
		err    error
	}
	results := make(chan result, 1)
	h.Ask(name, func(answer Answer, err error) { results <- result{answer, err} })
	got := <-results
	return got.answer, got.err
}

// Close ends the helper at once; what it still looks up is given up.
func (h *Helper) Close() {
	_ = h.input.Close()
	_ = h.process.Process.Kill()
	<-h.ended
	_ = h.process.Wait()
}

// CPU gives what an ended helper has used.
func (h *Helper) CPU() (user, system time.Duration) {
	if h.process.ProcessState == nil {
		return 0, 0
	}
	return h.process.ProcessState.UserTime(), h.process.ProcessState.SystemTime()
}

func (h *Helper) read(output io.Reader) {
	defer close(h.ended)
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		now := time.Now()
		var id uint64
		var answer Answer
		if _, err := fmt.Sscan(lines.Text(), &id, &answer.Code, &answer.Errno, &answer.Count, &answer.Address); err != nil {
			h.fail(fmt.Errorf("the look-up helper printed %q", lines.Text()))
			return
		}
		h.lock.Lock()
		found, known := h.waiting[id]
		delete(h.waiting, id)
		h.lock.Unlock()
		if known {
			answer.Took = now.Sub(found.since)
			found.done(answer, nil)
		}
	}
	h.fail(errors.New("the look-up helper ended"))
}

// fail lets everybody who waits know that no answer will come.
func (h *Helper) fail(why error) {
	h.lock.Lock()
	if h.broken == nil {
		h.broken = why
	}
	left := h.waiting
	h.waiting = map[uint64]waiter{}
	h.lock.Unlock()
	for _, each := range left {
		each.done(Answer{}, why)
	}
}
