package nodestate

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Beat notes that the runner was heard of just now.
func (s *State) Beat() error {
	if s == nil {
		return errors.New("this pod is not an agent's on a node: it has no runner to hear of")
	}
	if s.isHealed() {
		return ErrHealed
	}
	return s.write("heartbeat", strconv.FormatInt(int64(sinceBoot()), 10))
}

// Silence is for how long nothing has been heard of the runner; a first one counts from now.
func (s *State) Silence() (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join(s.folder, "heartbeat"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, s.Beat()
	}
	if err != nil {
		return 0, err
	}
	last, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, err
	}
	return sinceBoot() - time.Duration(last), nil
}

// MarkHealed has every later change refused.
func (s *State) MarkHealed() error {
	if s == nil {
		return nil
	}
	return s.write("healed", "")
}

func (s *State) isHealed() bool {
	_, err := os.Stat(filepath.Join(s.folder, "healed"))
	return err == nil
}

// write replaces a file at once: whoever is killed in its middle leaves the old one.
func (s *State) write(name, text string) error {
	path := filepath.Join(s.folder, name)
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// sinceBoot goes on while the machine sleeps, and no setting of the clock moves it (clock_gettime(2)).
func sinceBoot() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		panic(err) // only for a clock that the kernel lacks
	}
	return time.Duration(now.Nano())
}
