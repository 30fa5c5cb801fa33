package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/nodestate"
)

// asAgent makes this test binary behave as the agent itself.
const asAgent = "PACKETWALK_TEST_AS_AGENT"

func TestMain(m *testing.M) {
	if os.Getenv(asAgent) != "" {
		main()
		os.Exit(0)
	}
	isolated.Main(m)
}

type agent struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

func newAgent(args ...string) *agent {
	a := &agent{Cmd: exec.Command("/proc/self/exe", args...)}
	a.Env = append(os.Environ(), asAgent+"=1")
	a.Stdout, a.Stderr = &a.stdout, &a.stderr
	a.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return a
}

// exitCode waits for the agent's end.
func (a *agent) exitCode(t *testing.T) int {
	t.Helper()
	err := a.Wait()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return failed.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

func start(t *testing.T, a *agent) *agent {
	t.Helper()
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	return a
}

const refusedSpec = `{"target":{"address":"127.0.0.1:1"},"stages":[{"durationMs":200,"fromPerSecond":100,"toPerSecond":100}],
	"timeoutMs":500,"maxInFlight":10,"gateTimeoutMs":5000}`

func TestFloodWaitsAtItsGate(t *testing.T) {
	isolated.Require(t)
	waiting := newAgent("flood")
	waiting.Env = append(waiting.Env, floodVariable+"="+refusedSpec)
	start(t, waiting)
	at := time.Now().Add(400 * time.Millisecond).UnixMilli()
	if code := start(t, newAgent("gate", "--start-at-unix-ms", strconv.FormatInt(at, 10))).exitCode(t); code != 0 {
		t.Fatalf("the gate did not open: exit code %d", code)
	}
	if code := waiting.exitCode(t); code != 0 {
		t.Fatal(waiting.stderr.String())
	}
	var report flood.Report
	if err := json.Unmarshal(waiting.stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if report.StartedAtUnixMs != at || report.Outcomes["refused"] != 20 || report.Scheduled != 20 {
		t.Errorf("started %d ms after the instant, outcomes %v", report.StartedAtUnixMs-at, report.Outcomes)
	}
}

func TestFloodReportsWhenTerminated(t *testing.T) {
	isolated.Require(t)
	long := newAgent("flood", "--no-gate", "--spec", "-")
	long.Stdin = strings.NewReader(strings.Replace(refusedSpec, `"durationMs":200`, `"durationMs":30000`, 1))
	start(t, long)
	time.Sleep(500 * time.Millisecond)
	if err := long.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := long.exitCode(t); code != 0 {
		t.Fatal(long.stderr.String())
	}
	var report flood.Report
	if err := json.Unmarshal(long.stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if report.Scheduled == 0 || report.Scheduled > 200 || report.Outcomes["refused"] != report.Scheduled {
		t.Errorf("scheduled %d, outcomes %v", report.Scheduled, report.Outcomes)
	}
}

func TestFailuresAreOneSentence(t *testing.T) {
	isolated.Require(t)
	for _, each := range []struct {
		args  []string
		stdin string
		code  int
		says  string
	}{
		{nil, "", 2, "the commands are"},
		{[]string{"dance"}, "", 2, `unknown command "dance"`},
		{[]string{"gate"}, "", 2, "--start-at-unix-ms or --check is missing"},
		{[]string{"gate", "--start-at-unix-ms", "5", "--wait-ms", "10"}, "", 1, "no load generator waits"},
		{[]string{"flood", "--spec", "-"}, strings.Replace(refusedSpec, "5000", "50", 1), 1, "nobody opened the gate"},
		{[]string{"flood", "--spec", "-"}, `{"target":{"address":"web"}}`, 2, "is not IP:port"},
		{[]string{"flood", "--spec", "-"}, `{"targets":{}}`, 2, "unknown field"},
		{[]string{"flood"}, "", 2, "there is no spec"},
		{[]string{"probe"}, "", 2, "must be positive"},
		{[]string{"probe", "--duration-ms", "50", "--pods", "x"}, "", 1, "no process of pod x"},
		{[]string{"endpoints-sync"}, "", 2, "--service or --file is missing"},
		{[]string{"endpoints-sync", "--service", "web", "--file", "f", "--format", "xml"}, "", 2, `nginx or envoy-eds, not "xml"`},
		{[]string{"endpoints-sync", "--service", "web", "--file", "f", "--format", "nginx"}, "", 2, "--when-empty is missing"},
		{[]string{"endpoints-sync", "--service", "web", "--file", "f", "--format", "envoy-eds"}, "", 1, "not a pod with a ServiceAccount"},
		{[]string{"sysctl"}, "no json", 1, "not a JSON array"},
		{[]string{"conntrack"}, "", 2, "count, flush and prefill"},
		{[]string{"conntrack", "flush"}, "", 2, "--mark, --dst or --src"},
		{[]string{"conntrack", "flush", "--dst", "web"}, "", 2, `"web" is not an IP address`},
		{[]string{"conntrack", "flush", "--src", "web"}, "", 2, `--src: "web" is not an IP address`},
		{[]string{"conntrack", "prefill", "--count", "5", "--timeout-s", "5"}, "", 2, "--mark must be"},
		{[]string{"kill", "--container", "web"}, "", 2, "full id"},
		{[]string{"kill", "--container", strings.Repeat("0123456789abcdef", 4)}, "", 1, "no process of container"},
		{[]string{"hold", "--max-s", "0.01", "now"}, "", 2, `unexpected argument "now"`},
	} {
		failing := newAgent(each.args...)
		failing.Stdin = strings.NewReader(each.stdin)
		code := start(t, failing).exitCode(t)
		sentence := failing.stderr.String()
		if code != each.code || !strings.Contains(sentence, each.says) || strings.Count(sentence, "\n") != 1 || failing.stdout.Len() > 0 {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", each.args, code, failing.stdout.String(), sentence)
		}
	}
}

func TestConntrackCommands(t *testing.T) {
	isolated.Require(t)
	for _, each := range []struct{ args, says string }{
		{"conntrack prefill --count 1000 --timeout-s 60 --state established --mark 0x7077", `"created":1000,"entries":1000`},
		{"conntrack count", `"entries":1000`},
		{"conntrack flush --mark 28791 --dst 10.96.0.20,10.244.1.5", `{"removed":1000,"entries":0}`},
	} {
		command := start(t, newAgent(strings.Fields(each.args)...))
		if code := command.exitCode(t); code != 0 || !strings.Contains(command.stdout.String(), each.says) {
			t.Errorf("%s: exit code %d, %s%s", each.args, code, command.stdout.String(), command.stderr.String())
		}
	}
}

func TestWaitsNoLongerThanUntilTold(t *testing.T) {
	isolated.Require(t)
	hour := "3600000"
	for _, each := range []struct {
		args []string
		says string
	}{
		{[]string{"probe", "--duration-ms", hour, "--until-told"}, `{"end":true`},
		{[]string{"conntrack", "flush", "--mark", "0x7077", "--after-ms", hour, "--until-told"}, `"removed":0`},
	} {
		for how, tell := range map[string]func(io.WriteCloser) error{
			"a word":      func(stdin io.WriteCloser) error { _, err := stdin.Write([]byte("\n")); return err },
			"stdin's end": func(stdin io.WriteCloser) error { return stdin.Close() },
		} {
			waiting := newAgent(each.args...)
			stdin, err := waiting.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			start(t, waiting)
			if err := tell(stdin); err != nil {
				t.Fatal(err)
			}
			if code := waiting.exitCode(t); code != 0 || !strings.Contains(waiting.stdout.String(), each.says) {
				t.Errorf("%s, %s: exit code %d: %s%s", each.args[0], how, code, waiting.stdout.String(), waiting.stderr.String())
			}
		}
	}
}

func TestHoldAndPauseLeaveWhenTold(t *testing.T) {
	for _, command := range []string{"hold", "pause"} {
		waiting := start(t, newAgent(command))
		time.Sleep(200 * time.Millisecond)
		if err := waiting.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := waiting.exitCode(t); code != 0 {
			t.Errorf("%s: exit code %d", command, code)
		}
	}
	if code := start(t, newAgent("hold", "--max-s", "0.05")).exitCode(t); code != 0 {
		t.Errorf("hold whose time is up: exit code %d", code)
	}
}

func TestHoldPutsTheNodeBackOnceItsRunnerIsSilent(t *testing.T) {
	isolated.Require(t)
	const key, limit = "net.ipv4.tcp_fin_timeout", 3 * time.Second
	folder := nodestate.FolderVariable + "=" + t.TempDir()
	run := func(stdin string, args ...string) *agent {
		a := newAgent(args...)
		a.Env = append(a.Env, folder)
		a.Stdin = strings.NewReader(stdin)
		return start(t, a)
	}
	hold := run("", "hold", "--silent-s", strconv.FormatFloat(limit.Seconds(), 'f', -1, 64))
	change := run(`[{"key":"`+key+`","in":"node","set":"17","before":"60"}]`, "sysctl")
	if change.exitCode(t) != 0 {
		t.Fatal(change.stderr.String())
	}
	for begin := time.Now(); time.Since(begin) < 2*limit; time.Sleep(limit / 10) {
		if beats := run("\n", "heartbeat"); beats.exitCode(t) != 0 || beats.stdout.String() != "ok\n" {
			t.Fatalf("while the runner lives: %q %s", beats.stdout.String(), beats.stderr.String())
		}
	}
	if code := hold.exitCode(t); code != 0 || !strings.Contains(hold.stdout.String(), key+" = 60") {
		t.Errorf("exit %d: %s %s", code, hold.stdout.String(), hold.stderr.String())
	}
	if now := run(`[{"key":"`+key+`","in":"node"}]`, "sysctl"); now.exitCode(t) != 0 || !strings.Contains(now.stdout.String(), `"got":"60"`) {
		t.Errorf("the setting is %s", now.stdout.String())
	}
	late := run("\n", "heartbeat")
	if late.exitCode(t) == 0 || !strings.Contains(late.stderr.String(), "has put its node back") {
		t.Errorf("a runner that comes back is told %q", late.stderr.String())
	}
}

func TestHoldPutsTheNodeBackWhenItIsTerminated(t *testing.T) {
	isolated.Require(t)
	const key = "net.ipv4.tcp_fin_timeout"
	folder := nodestate.FolderVariable + "=" + t.TempDir()
	hold := newAgent("hold", "--silent-s", "60")
	hold.Env = append(hold.Env, folder)
	start(t, hold)
	change := newAgent("sysctl")
	change.Env = append(change.Env, folder)
	change.Stdin = strings.NewReader(`[{"key":"` + key + `","in":"node","set":"17","before":"60"}]`)
	if start(t, change).exitCode(t) != 0 {
		t.Fatal(change.stderr.String())
	}
	// It takes signals from when it holds; ended before, it would not be put back by it.
	time.Sleep(time.Second)
	if err := hold.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := hold.exitCode(t); code != 0 || !strings.Contains(hold.stdout.String(), key+" = 60") {
		t.Errorf("exit %d: %s %s", code, hold.stdout.String(), hold.stderr.String())
	}
}
