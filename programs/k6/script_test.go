package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/gate"
	"packetwalk.dev/agent/misbehaving"
	"packetwalk.dev/agent/periods"
)

// usersReport is a worker's of a script of the user's.
type usersReport struct {
	flood.Report
	Iterations *int64 `json:"iterations"`
}

// usersScript is packetwalk-k6 with one of testdata's scripts, which may reach the host and nothing else.
// Its spec comes as a file, as where it holds secrets.
func usersScript(t *testing.T, script string, spec flood.Spec, host string, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	spec.Target = flood.Target{}
	env["SHOP"] = host
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	fields["script"] = map[string]any{"hosts": []string{host}, "env": env, "newConnections": true, "mostPerSecond": 1000}
	if text, err = json.Marshal(fields); err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/load.json"
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	k6 := exec.CommandContext(t.Context(), "/proc/self/exe", append([]string{"run", "--quiet", "testdata/" + script}, args...)...)
	// What k6 is told beside it is a file that goes with its pod; here it has to go with the test.
	k6.Env = append(os.Environ(), asK6+"=1", "PACKETWALK_LOAD_FILE="+file, "TMPDIR="+t.TempDir())
	k6.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return k6
}

// readLive takes the lines of periods apart from the report, with which the output has to end.
func readLive(t *testing.T, stdout []byte) ([]map[string]any, []periods.Period, usersReport) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(stdout), []byte("\n"))
	var raw []map[string]any
	var told []periods.Period
	for _, each := range lines[:len(lines)-1] {
		text, is := bytes.CutPrefix(each, []byte("live: "))
		var fields map[string]any
		var period periods.Period
		if !is || json.Unmarshal(text, &fields) != nil || json.Unmarshal(text, &period) != nil {
			t.Fatalf("no live line: %s", each)
		}
		raw, told = append(raw, fields), append(told, period)
	}
	var report usersReport
	if err := json.Unmarshal(lines[len(lines)-1], &report); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	check(t, report.Report)
	return raw, told, report
}

// shop answers what shop.js asks for, and counts by path.
func shop(t *testing.T) (address string, asked func(path string) int64) {
	t.Helper()
	var lock sync.Mutex
	counts := map[string]int64{}
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		path := request.URL.Path
		if path == "/page" && request.Header.Get("authorization") == "from-setup" {
			path = "/page with setup's token"
		}
		counts[path]++
		if path == "/missing" {
			response.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), func(path string) int64 {
		lock.Lock()
		defer lock.Unlock()
		return counts[path]
	}
}

func TestUsersScriptRunsUnchangedAtTheSpecsRate(t *testing.T) {
	address, asked := shop(t)
	_, port, _ := net.SplitHostPort(address)
	spec := load("")
	spec.LiveMs = 200
	spec.MaxInFlight = 100
	spec.Stages = []flood.Stage{{DurationMs: 1000, FromPerSecond: 20, ToPerSecond: 20}}
	k6 := usersScript(t, "shop.js", spec, "localhost:"+port, map[string]string{})
	var stdout, stderr bytes.Buffer
	k6.Stdout, k6.Stderr = &stdout, &stderr
	startAt := time.Now().Add(3 * time.Second).Truncate(time.Millisecond)
	opened := make(chan error, 1)
	loggedIn := make(chan int64, 1)
	go func() {
		opened <- gate.Open(startAt, 20*time.Second)
		loggedIn <- asked("/login")
	}()
	if err := k6.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	raw, told, report := readLive(t, stdout.Bytes())
	if before := <-loggedIn; before != 1 || asked("/login") != 1 {
		t.Errorf("setup() asked %d times before the gate was opened and %d times in all, want once before", before, asked("/login"))
	}
	// What is due in the last moments k6 may not begin.
	pages := asked("/page with setup's token")
	if pages < 18 || pages > 20 || report.Iterations == nil || *report.Iterations != pages {
		t.Errorf("%d first pages, iterations %v, want about 20 of both; %s", pages, report.Iterations, stderr.String())
	}
	if report.Outcomes["ok"] != pages+asked("/missing") || report.Outcomes["unexpected-status"] != asked("/page") || report.Outcomes["status-4xx"] != 0 {
		t.Errorf("outcomes %v of %d, %d and %d requests", report.Outcomes, pages, asked("/missing"), asked("/page"))
	}
	if report.Reused != 0 || report.StoppedAtMs != nil || report.StartedAtUnixMs != startAt.UnixMilli() {
		t.Errorf("%d reused, stopped at %v, started %d ms after its instant", report.Reused, report.StoppedAtMs, report.StartedAtUnixMs-startAt.UnixMilli())
	}
	sum := periods.Period{Outcomes: map[string]int64{}}
	for i, each := range told {
		if each.AtMs != int64(i+1)*200 {
			t.Errorf("line %d tells of %d ms", i, each.AtMs)
		}
		if value, has := raw[i]["inFlight"]; !has || value != nil {
			t.Errorf("inFlight %v, and k6 does not show it", value)
		}
		if value, has := raw[i]["lagMs"]; !has || value != nil {
			t.Errorf("lagMs %v, and the script does not say when it was due", value)
		}
		sum.Scheduled += each.Scheduled
		sum.Ended += each.Ended
		sum.Ok += each.Ok
		for cause, count := range each.Outcomes {
			sum.Outcomes[cause] += count
		}
	}
	if len(told) < 5 || sum.Scheduled != report.Scheduled || sum.Ended != report.Scheduled || sum.Ok != report.Outcomes["ok"] || sum.Outcomes["unexpected-status"] != report.Outcomes["unexpected-status"] {
		t.Errorf("%d lines with %+v in all, and the report has %d, %v", len(told), sum, report.Scheduled, report.Outcomes)
	}
}

func TestUsersScriptReachesItsHostsOnly(t *testing.T) {
	shop := answeringStatus(t, 200)
	_, port, _ := net.SplitHostPort(shop)
	var others []string
	var reached atomic.Int64
	for _, address := range []string{"127.0.0.1:0", "127.0.0.2:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) })}}
		server.Start()
		t.Cleanup(server.Close)
		_, other, _ := net.SplitHostPort(listener.Addr().String())
		others = append(others, listener.Addr().String(), "localhost:"+other)
		if address == "127.0.0.1:0" {
			others = append(others, "[::ffff:127.0.0.1]:"+other, "[::ffff:7f00:1]:"+other, "127.0.0.1.:"+other, "0.0.0.0:"+other, "[::]:"+other)
		}
	}
	spec := load("")
	spec.Stages = []flood.Stage{{DurationMs: 1000, FromPerSecond: 20, ToPerSecond: 20}}
	k6 := usersScript(t, "elsewhere.js", spec, "localhost:"+port, map[string]string{"OTHERS": strings.Join(others, " ")}, "--no-gate")
	var stdout, stderr bytes.Buffer
	k6.Stdout, k6.Stderr = &stdout, &stderr
	if err := k6.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	_, _, report := readLive(t, stdout.Bytes())
	if reached.Load() != 0 {
		t.Errorf("%d requests reached servers that the plan does not name", reached.Load())
	}
	// On a busy machine k6 may begin fewer, and what it drops is not sent either.
	good, not := report.Outcomes["ok"], report.Outcomes["not-sent"]
	if good == 0 || not < *report.Iterations*int64(len(others)) || good+not != report.Scheduled {
		t.Errorf("outcomes %v of %d iterations, want each one's first request good and all %d others not sent", report.Outcomes, *report.Iterations, len(others))
	}
	if !slices.ContainsFunc(report.Saturated, func(why string) bool { return strings.Contains(why, "the plan does not name their hosts: ") }) {
		t.Errorf("saturated %v says nothing of hosts", report.Saturated)
	}
}

func TestScriptsOptionsDoNotWidenWhatItReaches(t *testing.T) {
	var reached atomic.Int64
	other := misbehaving.Serve(t, func(connection *net.TCPConn) {
		reached.Add(1)
		saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection)
	})
	k6 := usersScript(t, "own-blacklist.js", load(""), "127.0.0.9:80", map[string]string{"OTHERS": other}, "--no-gate")
	output, err := k6.CombinedOutput()
	if err != nil || reached.Load() != 0 || !bytes.Contains(output, []byte(`"not-sent":`)) {
		t.Errorf("%v, %d reached: %s", err, reached.Load(), output)
	}
}

func TestScriptsThatCanNotBeHeldToAPlanAreRefused(t *testing.T) {
	fetched := atomic.Bool{}
	module := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Store(true) }))
	t.Cleanup(module.Close)
	for script, each := range map[string]struct{ host, want string }{
		"own-load.js":  {"127.0.0.9:80", "has a load of its own in its options"},
		"own-hosts.js": {"127.0.0.9:80", "has hosts in its options"},
		"extension.js": {"127.0.0.9:80", "k6/x/packetwalk"},
		"fetching.js":  {"127.0.0.9:80", "127.0.0.3"},
		"shop.js":      {"203.0.113.9:80", "203.0.113.9, a public address"},
	} {
		t.Run(script, func(t *testing.T) {
			others := map[string]string{"OTHERS": "127.0.0.3:" + strconv.Itoa(1)}
			if script == "fetching.js" {
				others["OTHERS"] = strings.Replace(module.Listener.Addr().String(), "127.0.0.1", "127.0.0.3", 1)
			}
			output, err := usersScript(t, script, load(""), each.host, others, "--no-gate").CombinedOutput()
			lines := strings.Split(strings.TrimSpace(string(output)), "\n")
			if err == nil || !strings.Contains(lines[len(lines)-1], each.want) {
				t.Errorf("%v, and it ended with %q, want %q", err, lines[len(lines)-1], each.want)
			}
		})
	}
	if fetched.Load() {
		t.Error("a script was fetched over the network")
	}
}

func TestStoppedUsersScriptBeginsNothingMore(t *testing.T) {
	var served atomic.Int64
	address := misbehaving.Serve(t, func(connection *net.TCPConn) {
		served.Add(1)
		saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection)
	})
	spec := load("")
	spec.LiveMs = 200
	spec.MaxInFlight = 200
	spec.Stages[0].DurationMs = 60_000
	k6 := usersScript(t, "elsewhere.js", spec, address, map[string]string{"OTHERS": address}, "--no-gate")
	var stdout bytes.Buffer
	k6.Stdout = &stdout
	if err := k6.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(40 * time.Second); served.Load() < 50; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d requests have come", served.Load())
		}
	}
	if err := k6.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	before := served.Load()
	_ = k6.Wait() // its exit code says that it was aborted
	if after := served.Load(); after != before {
		t.Errorf("%d requests came more than 1 s after the stop", after-before)
	}
	_, told, report := readLive(t, stdout.Bytes())
	if report.StoppedAtMs == nil || *report.StoppedAtMs < 100 || *report.StoppedAtMs > 50_000 {
		t.Errorf("stopped at %v", report.StoppedAtMs)
	}
	if report.Outcomes["not-sent"] != 0 || report.Outcomes["ok"] < 48 || len(told) == 0 {
		t.Errorf("outcomes %v, %d lines", report.Outcomes, len(told))
	}
}
