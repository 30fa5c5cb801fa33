package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/gate"
	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/misbehaving"
)

const (
	plainScript = "../../suites/connection-flood/k6/plain.k6.ts"
	floodScript = "../../suites/connection-flood/k6/flood.k6.ts"
)

var quiet = log.New(io.Discard, "", 0)

// load is 20 requests in 200 ms.
func load(address string) flood.Spec {
	return flood.Spec{
		Worker:      1,
		Target:      flood.Target{Address: address},
		Stages:      []flood.Stage{{DurationMs: 200, FromPerSecond: 100, ToPerSecond: 100}},
		TimeoutMs:   5000,
		MaxInFlight: 30,
		SliceMs:     50,
	}
}

// command is packetwalk-k6 with a worker's spec. More fields may be given as JSON.
func command(t *testing.T, spec flood.Spec, more map[string]any, args ...string) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	maps.Copy(fields, more)
	if text, err = json.Marshal(fields); err != nil {
		t.Fatal(err)
	}
	k6 := exec.CommandContext(t.Context(), "/proc/self/exe", args...)
	k6.Env = append(os.Environ(), asK6+"=1", "PACKETWALK_LOAD="+string(text))
	k6.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return k6
}

// finish runs it to its end and reads the one line on its stdout.
func finish(t *testing.T, k6 *exec.Cmd) flood.Report {
	t.Helper()
	var stdout, stderr bytes.Buffer
	k6.Stdout, k6.Stderr = &stdout, &stderr
	if err := k6.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return read(t, stdout.Bytes())
}

func read(t *testing.T, stdout []byte) flood.Report {
	t.Helper()
	if lines := bytes.Count(stdout, []byte("\n")); lines != 1 {
		t.Fatalf("stdout has %d lines, want 1: %s", lines, stdout)
	}
	var report flood.Report
	if err := json.Unmarshal(stdout, &report); err != nil {
		t.Fatal(err)
	}
	check(t, report)
	return report
}

// check demands what must hold of every report.
func check(t *testing.T, report flood.Report) {
	t.Helper()
	var outcomes, inSlices, okInSlices int64
	for _, count := range report.Outcomes {
		outcomes += count
	}
	for _, each := range report.Slices {
		inSlices += each.Scheduled
		okInSlices += each.Ok
		if total := total(t, each.OkLatency); each.Scheduled != each.Ok+each.Failed || total != each.Ok {
			t.Errorf("slice at %d ms: %d scheduled, %d ok, %d failed, %d latencies", each.AtMs, each.Scheduled, each.Ok, each.Failed, total)
		}
	}
	if report.Scheduled != outcomes || report.Scheduled != inSlices || report.Outcomes["ok"] != okInSlices {
		t.Errorf("%d scheduled, outcomes %v, slices hold %d, %d of them ok", report.Scheduled, report.Outcomes, inSlices, okInSlices)
	}
	if report.Sent != report.Scheduled-report.Outcomes["not-sent"] {
		t.Errorf("%d sent of %d, outcomes %v", report.Sent, report.Scheduled, report.Outcomes)
	}
	if got := total(t, report.Histograms.Latency); got != report.Sent {
		t.Errorf("%d latencies, %d sent", got, report.Sent)
	}
	if got := total(t, report.Histograms.OkLatency); got != report.Outcomes["ok"] {
		t.Errorf("%d latencies of %d ok", got, report.Outcomes["ok"])
	}
	if report.Engine != "k6" {
		t.Errorf("engine %q", report.Engine)
	}
}

func decode(t *testing.T, encoded string) *hdrhistogram.Histogram {
	t.Helper()
	decoded, err := histogram.Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func total(t *testing.T, encoded string) int64 { return decode(t, encoded).TotalCount() }

func TestEveryFailureHasItsCause(t *testing.T) {
	tls := map[string]any{"tls": map[string]any{}}
	for name, each := range map[string]struct {
		address func(*testing.T) string
		more    map[string]any
		want    string
		silent  bool // the server never answers
	}{
		"answers":               {address: func(t *testing.T) string { return answeringStatus(t, 200) }, want: "ok"},
		"redirects are answers": {address: func(t *testing.T) string { return answeringStatus(t, 302) }, want: "ok"},
		"404":                   {address: func(t *testing.T) string { return answeringStatus(t, 404) }, want: "status-4xx"},
		"500":                   {address: func(t *testing.T) string { return answeringStatus(t, 500) }, want: "status-500"},
		"502":                   {address: func(t *testing.T) string { return answeringStatus(t, 502) }, want: "status-502"},
		"503":                   {address: func(t *testing.T) string { return answeringStatus(t, 503) }, want: "status-503"},
		"504":                   {address: func(t *testing.T) string { return answeringStatus(t, 504) }, want: "status-504"},
		"507":                   {address: func(t *testing.T) string { return answeringStatus(t, 507) }, want: "status-5xx"},
		"nobody listens":        {address: misbehaving.Unused, want: "refused"},
		"listen queue full":     {address: func(t *testing.T) string { return misbehaving.ListenDeaf(t).Address }, want: "connect-timeout", silent: true},
		"RST":                   {address: func(t *testing.T) string { return misbehaving.Serve(t, aborting) }, want: "reset"},
		"no answer":             {address: func(t *testing.T) string { return misbehaving.Serve(t, misbehaving.Silent) }, want: "response-timeout", silent: true},
		"closed without answer": {address: func(t *testing.T) string { return misbehaving.Serve(t, saying("")) }, want: "truncated"},
		"half a body": {address: func(t *testing.T) string {
			return misbehaving.Serve(t, saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))
		}, want: "truncated"},
		"half a body, then silence": {address: func(t *testing.T) string {
			return misbehaving.Serve(t, func(connection *net.TCPConn) {
				saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")(connection)
				misbehaving.Silent(connection)
			})
		}, want: "response-timeout", silent: true},
		"not HTTP":               {address: func(t *testing.T) string { return misbehaving.Serve(t, saying("what?\r\n\r\n")) }, want: "protocol-error"},
		"untrusted certificate":  {address: selfSigned, more: tls, want: "tls"},
		"certificate unchecked":  {address: selfSigned, more: map[string]any{"tls": map[string]any{"insecureSkipVerify": true}}, want: "ok"},
		"no TLS":                 {address: func(t *testing.T) string { return answeringStatus(t, 200) }, more: tls, want: "tls"},
		"handshake never ends":   {address: func(t *testing.T) string { return misbehaving.Serve(t, misbehaving.Silent) }, more: tls, want: "tls", silent: true},
		"handshake is cut short": {address: func(t *testing.T) string { return misbehaving.Serve(t, saying("")) }, more: tls, want: "tls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := load(each.address(t))
			if each.silent {
				spec.TimeoutMs = 300
			}
			report := finish(t, command(t, spec, each.more, "run", "--no-gate", plainScript))
			if report.Scheduled != 20 || report.Outcomes[each.want] != 20 {
				t.Errorf("%d scheduled, outcomes %v, want 20 %s", report.Scheduled, report.Outcomes, each.want)
			}
			if got := total(t, report.Histograms.ScheduleLag); got != 20 {
				t.Errorf("%d schedule lags", got)
			}
			if shortest := decode(t, report.Histograms.Latency).Min(); each.silent && shortest < 290_000 {
				t.Errorf("a timeout after %d µs", shortest)
			}
		})
	}
}

func TestPortExhaustion(t *testing.T) {
	const path = "/proc/sys/net/ipv4/ip_local_port_range"
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spec := load(misbehaving.Serve(t, misbehaving.Silent))
	spec.TimeoutMs = 1000
	if err := os.WriteFile(path, []byte("40000 40009"), 0); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.WriteFile(path, before, 0); err != nil {
			t.Error(err)
		}
	}()
	report := finish(t, command(t, spec, nil, "run", "--no-gate", "--address=", plainScript))
	waiting, exhausted := report.Outcomes["response-timeout"], report.Outcomes["port-exhausted"]
	if waiting+exhausted != 20 || waiting > 10 || waiting < 8 { // a port may be in use for something else
		t.Errorf("outcomes %v, want about 10 that wait for an answer and the rest port-exhausted", report.Outcomes)
	}
}

func TestIterationsWithoutVirtualUserAreNotSent(t *testing.T) {
	t.Parallel()
	spec := load(misbehaving.Serve(t, misbehaving.Silent))
	spec.MaxInFlight = 2
	spec.TimeoutMs = 300
	report := finish(t, command(t, spec, nil, "run", "--no-gate", plainScript))
	// Besides those without a virtual user a busy machine may have some that come too late.
	capped, late := report.NotSent["inFlightCap"], report.NotSent["tooLate"]
	if report.Scheduled != 20 || report.Outcomes["not-sent"] < 18 || report.Outcomes["not-sent"] != capped+late {
		t.Errorf("%d scheduled, outcomes %v, because %v; want 18 of 20 not sent", report.Scheduled, report.Outcomes, report.NotSent)
	}
	if late == 0 && len(report.Saturated) > 0 {
		t.Errorf("the target was slow, not k6: %v", report.Saturated)
	}
}

func TestLatencyRunsFromTheIntendedInstant(t *testing.T) {
	t.Parallel()
	slow := misbehaving.Serve(t, func(connection *net.TCPConn) {
		time.Sleep(300 * time.Millisecond)
		saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection)
	})
	report := finish(t, command(t, load(slow), nil, "run", "--no-gate", plainScript))
	latency, lag := decode(t, report.Histograms.OkLatency), decode(t, report.Histograms.ScheduleLag)
	if latency.TotalCount() != 20 || latency.Min() < 299_000 || latency.Max() > 1_000_000+lag.Max() {
		t.Errorf("%d latencies from %d to %d µs, want 20 of 300 ms and more", latency.TotalCount(), latency.Min(), latency.Max())
	}
	// Counted from when k6 had sent the request, of which a busy machine tells it late.
	if firstByte := decode(t, report.Histograms.FirstByte); firstByte.TotalCount() != 20 || firstByte.Min() < 200_000 {
		t.Errorf("%d first bytes, the first after %d µs", firstByte.TotalCount(), firstByte.Min())
	}
}

func TestGateHoldsTheLoadBack(t *testing.T) {
	for _, script := range []string{plainScript, floodScript} {
		k6 := command(t, load(answeringStatus(t, 200)), nil, "run", script)
		startAt := time.Now().Add(3 * time.Second).Truncate(time.Millisecond)
		opened := make(chan error, 1)
		go func() { opened <- gate.Open(startAt, 10*time.Second) }()
		report := finish(t, k6)
		if err := <-opened; err != nil {
			t.Fatal(err)
		}
		late := time.UnixMilli(report.StartedAtUnixMs).Sub(startAt)
		if late < 0 || late > 200*time.Millisecond {
			t.Errorf("%s: started %s after its instant", script, late)
		}
		if report.Scheduled != 20 || report.Outcomes["ok"] != 20 || report.Worker != 1 {
			t.Errorf("%s: worker %d, %d scheduled, outcomes %v", script, report.Worker, report.Scheduled, report.Outcomes)
		}
	}
}

func TestExecutionSegmentsShareTheLoad(t *testing.T) {
	t.Parallel()
	for _, script := range []string{plainScript, floodScript} {
		const want = 10 // half of 20
		spec := load(answeringStatus(t, 200))
		spec.Worker = 0
		k6 := command(t, spec, nil, "run", "--no-gate", "--execution-segment=0:1/2", "--execution-segment-sequence=0,1/2,1", script)
		k6.Env = append(k6.Env, "INSTANCES=2", "JOB_COMPLETION_INDEX=7")
		report := finish(t, k6)
		if report.Scheduled != want || report.Outcomes["ok"] != want || report.Worker != 7 {
			t.Errorf("%s: worker %d, %d scheduled, outcomes %v", script, report.Worker, report.Scheduled, report.Outcomes)
		}
	}
}

// k6 starts a ramp's clock when the scenario's virtual users are activated, 200 of them here.
func TestIntendedInstantsOfARamp(t *testing.T) {
	spec := load(answeringStatus(t, 200))
	spec.MaxInFlight = 300
	spec.Stages = []flood.Stage{{DurationMs: 1000, FromPerSecond: 20, ToPerSecond: 180}}
	for _, segment := range []string{"0:1/2", "1/2:1"} {
		report := finish(t, command(t, spec, nil, "run", "--no-gate", "--execution-segment="+segment, "--execution-segment-sequence=0,1/2,1", plainScript))
		lag := decode(t, report.Histograms.ScheduleLag)
		if report.Scheduled != 50 || lag.TotalCount() != 50 || lag.ValueAtQuantile(50) > 5000 {
			t.Errorf("%s: %d scheduled, %d schedule lags, half of them above %d µs", segment, report.Scheduled, lag.TotalCount(), lag.ValueAtQuantile(50))
		}
	}
}

func TestPausedK6IsLeftToWhoPausedIt(t *testing.T) {
	t.Parallel()
	address := misbehaving.Unused(t)
	k6 := command(t, load(answeringStatus(t, 200)), nil, "run", "--paused", "--address="+address, plainScript)
	go func() {
		for t.Context().Err() == nil {
			time.Sleep(200 * time.Millisecond)
			request, _ := http.NewRequest(http.MethodPatch, "http://"+address+"/v1/status", strings.NewReader(`{"data":{"type":"status","id":"default","attributes":{"paused":false}}}`))
			if response, err := http.DefaultClient.Do(request); err == nil {
				response.Body.Close()
			}
		}
	}()
	// A busy machine may keep k6 from sending some in time, but what paused it is over.
	if report := finish(t, k6); report.Outcomes["ok"] == 0 || report.Outcomes["ok"]+report.Outcomes["not-sent"] != 20 {
		t.Errorf("outcomes %v", report.Outcomes)
	}
}

// As the k6-operator runs it: with a segment of the load, its API where the operator asks, which resumes
// it when it answers. With a gate it begins at the gate's instant all the same.
func TestOperatorsResumeDoesNotOpenTheGate(t *testing.T) {
	address := misbehaving.Unused(t)
	k6 := command(t, load(answeringStatus(t, 200)), nil, "run", "--quiet", "--execution-segment=1/2:1", "--execution-segment-sequence=0,1/2,1", plainScript, "--address="+address, "--tag", "instance_id=2")
	var stdout bytes.Buffer
	k6.Stdout = &stdout
	if err := k6.Start(); err != nil {
		t.Fatal(err)
	}
	awaitAPI(t, address)
	if answer := resume(t, address); !strings.Contains(answer, `"paused":true`) {
		t.Errorf("k6 stands at its gate, and the answer to a resume is %s", answer)
	}
	startAt := time.Now().Add(time.Second).Truncate(time.Millisecond)
	if err := gate.Open(startAt, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := k6.Wait(); err != nil {
		t.Fatal(err)
	}
	report := read(t, stdout.Bytes())
	late := time.UnixMilli(report.StartedAtUnixMs).Sub(startAt)
	if late < 10*time.Millisecond || late > 210*time.Millisecond { // the second half's first arrival is 10 ms after the start
		t.Errorf("started %s after its instant", late)
	}
	if report.Scheduled != 10 || report.Outcomes["ok"] != 10 {
		t.Errorf("%d scheduled, outcomes %v", report.Scheduled, report.Outcomes)
	}
}

func awaitAPI(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		response, err := http.Get("http://" + address + "/v1/status")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("k6's API did not come: %v", err)
		}
	}
}

// resume asks k6 as the k6-operator's starter does.
func resume(t *testing.T, address string) string {
	t.Helper()
	document := `{"data":{"attributes":{"paused":false,"stopped":false},"id":"default","type":"status"}}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, "http://"+address+"/v1/status", strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s %v: %s", response.Status, err, answer)
	}
	return strings.Join(strings.Fields(string(answer)), "")
}

func TestGateThatNobodyOpens(t *testing.T) {
	spec := load("127.0.0.1:1")
	spec.GateTimeoutMs = 100
	output, err := command(t, spec, nil, "run", plainScript).CombinedOutput()
	if err == nil || !strings.Contains(string(output), gate.ErrTimeout.Error()) {
		t.Errorf("%v, it said %s", err, output)
	}
}

func TestSIGTERMStillReports(t *testing.T) {
	var served atomic.Int32
	spec := load(misbehaving.Serve(t, func(connection *net.TCPConn) {
		served.Add(1)
		saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection)
	}))
	spec.MaxInFlight = 200
	spec.Stages[0].DurationMs = 60_000
	k6 := command(t, spec, nil, "run", "--no-gate", plainScript)
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
	_ = k6.Wait() // its exit code says that it was aborted
	report := read(t, stdout.Bytes())
	ended := report.Outcomes["ok"] + report.Outcomes["not-sent"]
	if report.Scheduled < 50 || report.Scheduled > 4_000 || report.Outcomes["ok"] < 48 || ended < report.Scheduled-2 {
		t.Errorf("%d scheduled, outcomes %v", report.Scheduled, report.Outcomes)
	}
}

func TestBadSpecsAreRefused(t *testing.T) {
	for name, each := range map[string]struct {
		more map[string]any
		want string
	}{
		"unknown field":  {map[string]any{"rate": 3}, `unknown field "rate"`},
		"bad value":      {map[string]any{"timeoutMs": -1}, "timeoutMs must be"},
		"another engine": {map[string]any{"engine": "undici"}, `engine is "undici"`},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := command(t, load("127.0.0.1:1"), each.more, "run", plainScript).CombinedOutput()
			if exit, is := err.(*exec.ExitError); !is || exit.ExitCode() != 2 {
				t.Errorf("%v, want exit code 2", err)
			}
			if lines := strings.Count(string(output), "\n"); lines != 1 || !strings.Contains(string(output), each.want) {
				t.Errorf("it said %q, want one line with %q", output, each.want)
			}
		})
	}
}
