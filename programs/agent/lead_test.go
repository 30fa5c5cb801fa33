package main

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// lead starts a process that ends well at SIGTERM, and a lead of it.
func lead(t *testing.T, args ...string) (led, leading *agent, stdin io.WriteCloser, says *bufio.Scanner) {
	t.Helper()
	led = start(t, newAgent("pause"))
	time.Sleep(200 * time.Millisecond) // it takes signals from when it runs
	leading = newAgent(append([]string{"lead", "--pid", strconv.Itoa(led.Process.Pid)}, args...)...)
	leading.Stdout = nil
	stdout, err := leading.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if stdin, err = leading.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	start(t, leading)
	says = bufio.NewScanner(stdout)
	if !says.Scan() || !strings.HasPrefix(says.Text(), "leading ") {
		t.Fatalf("it begins with %q", says.Text())
	}
	at, err := strconv.ParseInt(strings.TrimPrefix(says.Text(), "leading "), 10, 64)
	if ago := time.Since(time.UnixMilli(at)); err != nil || ago < -time.Millisecond || ago > time.Minute {
		t.Errorf("its clock is %v behind (%v)", ago, err)
	}
	return led, leading, stdin, says
}

func expectStopped(t *testing.T, led, leading *agent, says *bufio.Scanner) {
	t.Helper()
	if !says.Scan() || says.Text() != "stopped" {
		t.Errorf("it says %q %s", says.Text(), leading.stderr.String())
	}
	if code := leading.exitCode(t); code != 0 {
		t.Errorf("lead: exit code %d", code)
	}
	if code := led.exitCode(t); code != 0 {
		t.Errorf("what it led was not terminated: exit code %d", code)
	}
}

func TestLeadStopsWhenAsked(t *testing.T) {
	for how, ask := range map[string]func(io.WriteCloser) error{
		"a line":      func(stdin io.WriteCloser) error { _, err := io.WriteString(stdin, "\n\nstop\n"); return err },
		"stdin's end": func(stdin io.WriteCloser) error { return stdin.Close() },
	} {
		t.Run(how, func(t *testing.T) {
			led, leading, stdin, says := lead(t, "--silent-s", "3600")
			if err := ask(stdin); err != nil {
				t.Fatal(err)
			}
			expectStopped(t, led, leading, says)
		})
	}
}

func TestLeadLetsALoadRunWhileLinesComeAndStopsItAfterThem(t *testing.T) {
	const silence = 2 * time.Second
	led, leading, stdin, says := lead(t, "--silent-s", strconv.FormatFloat(silence.Seconds(), 'f', -1, 64))
	for begin := time.Now(); time.Since(begin) < 2*silence; time.Sleep(silence / 20) {
		if _, err := io.WriteString(stdin, "\n"); err != nil {
			t.Fatalf("it has ended although lines came: %v", err)
		}
		if err := led.Process.Signal(syscall.Signal(0)); err != nil {
			t.Fatal(err)
		}
	}
	expectStopped(t, led, leading, says)
}

func TestLeadOfWhatHasEnded(t *testing.T) {
	led, leading, stdin, says := lead(t)
	if err := led.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	led.exitCode(t)
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if !says.Scan() || says.Text() != "stopped" || leading.exitCode(t) != 0 {
		t.Errorf("it says %q %s", says.Text(), leading.stderr.String())
	}
}

func TestLeadRefusesWhatItCannotKeep(t *testing.T) {
	for _, args := range [][]string{{"--pid", "0"}, {"--silent-s", "0"}, {"now"}} {
		refused := start(t, newAgent(append([]string{"lead"}, args...)...))
		if code := refused.exitCode(t); code != 2 || !strings.HasPrefix(refused.stderr.String(), "packetwalk-agent lead: ") {
			t.Errorf("%v: exit code %d, %s", args, code, refused.stderr.String())
		}
	}
}

func TestLiveLinesStandBeforeTheReport(t *testing.T) {
	long := newAgent("flood", "--no-gate", "--spec", "-")
	spec := strings.Replace(refusedSpec, `"durationMs":200`, `"durationMs":450`, 1)
	long.Stdin = strings.NewReader(strings.Replace(spec, `"timeoutMs"`, `"liveMs":200,"timeoutMs"`, 1))
	if code := start(t, long).exitCode(t); code != 0 {
		t.Fatal(long.stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(long.stdout.String()), "\n")
	last := len(lines) - 1
	if last < 3 || !strings.HasPrefix(lines[last], "{") {
		t.Fatalf("%d lines, the last %q", len(lines), lines[last])
	}
	for i, line := range lines[:last] {
		if !strings.HasPrefix(line, `live: {"atMs":`+strconv.Itoa(200*(i+1))+`,"scheduled":`) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}
