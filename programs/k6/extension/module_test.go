package extension

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.k6.io/k6/js/modulestest"
	"go.k6.io/k6/lib"
	"go.k6.io/k6/lib/netext"
	"go.k6.io/k6/lib/types"
	"go.k6.io/k6/metrics"
)

// script is a virtual user of k6 that can call flood().
type script struct {
	t       *testing.T
	runtime *modulestest.Runtime
	state   *lib.State
	samples chan metrics.SampleContainer
}

func newScript(t *testing.T) *script {
	t.Helper()
	runtime := modulestest.NewRuntime(t)
	registry := runtime.VU.InitEnvField.Registry
	module := New().NewModuleInstance(runtime.VU)
	if err := runtime.VU.Runtime().Set("flood", module.Exports().Named["flood"]); err != nil {
		t.Fatal(err)
	}
	samples := make(chan metrics.SampleContainer, 1000)
	dialer := netext.NewDialer(net.Dialer{}, netext.NewResolver(net.LookupIP, 0, types.DNSfirst, types.DNSany))
	state := &lib.State{
		Dialer:         dialer,
		BuiltinMetrics: runtime.BuiltinMetrics,
		Samples:        samples,
		Tags:           lib.NewVUStateTags(registry.RootTagSet().With("scenario", "s")),
		TestStatus:     lib.NewTestStatus(),
		VUIDGlobal:     1,
	}
	return &script{t: t, runtime: runtime, state: state, samples: samples}
}

// run evaluates JavaScript and gives its value as JSON made it.
func (s *script) run(code string) (map[string]any, error) {
	s.t.Helper()
	if s.runtime.VU.StateField == nil {
		s.runtime.MoveToVUContext(s.state)
	}
	value, err := s.runtime.VU.Runtime().RunString("JSON.stringify(" + code + ")")
	if err != nil {
		return nil, err
	}
	result := map[string]any{}
	if err := json.Unmarshal([]byte(value.String()), &result); err != nil {
		s.t.Fatal(err)
	}
	return result, nil
}

func (s *script) mustRun(code string) map[string]any {
	s.t.Helper()
	result, err := s.run(code)
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}

// sums adds up the samples so far by metric and tags.
func (s *script) sums() map[string]float64 {
	sums := map[string]float64{}
	for {
		select {
		case container := <-s.samples:
			for _, each := range container.GetSamples() {
				name := each.Metric.Name
				for _, tag := range []string{"outcome", "quantile"} {
					if value, has := each.Tags.Get(tag); has {
						name += "." + value
					}
				}
				sums[name] += each.Value
			}
		default:
			return sums
		}
	}
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func greet(response http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(response, "hello") }

const brief = `schedule: { stages: [{ durationMs: 200, fromPerSecond: 100, toPerSecond: 100 }] }`

func TestFloodReports(t *testing.T) {
	s := newScript(t)
	report := s.mustRun(fmt.Sprintf(`flood({ target: "http://%s/", %s, sliceMs: 100 })`, serve(t, greet), brief))
	if report["scheduled"] != 20.0 || report["sent"] != 20.0 || report["failedShare"] != 0.0 {
		t.Errorf("%v", report)
	}
	if outcomes := report["outcomes"].(map[string]any); outcomes["ok"] != 20.0 || len(outcomes) != 1 {
		t.Errorf("outcomes %v", outcomes)
	}
	for _, name := range []string{"latencyMs", "okLatencyMs", "connectMs", "firstByteMs", "scheduleLagMs"} {
		quantiles, _ := report[name].(map[string]any)
		if p50, max := quantiles["p50"], quantiles["max"]; p50 == nil || max == nil || p50.(float64) > max.(float64) {
			t.Errorf("%s is %v", name, report[name])
		}
	}
	if report["tlsMs"] != nil || len(report["saturated"].([]any)) != 0 || len(report["slices"].([]any)) != 2 {
		t.Errorf("%v", report)
	}
	sums := s.sums()
	for name, want := range map[string]float64{
		"packetwalk_requests.ok":  20,
		"packetwalk_failed_share": 0,
		"packetwalk_not_sent":     0,
		"packetwalk_saturated":    0,
		"data_received":           report["bytesRead"].(float64),
		"packetwalk_latency.p99":  report["latencyMs"].(map[string]any)["p99"].(float64),
	} {
		if got, emitted := sums[name]; !emitted || got != want {
			t.Errorf("%s: %v, want %v (of %v)", name, got, want, sums)
		}
	}
}

func TestOutcomesAreEmittedWhileTheFloodRuns(t *testing.T) {
	s := newScript(t)
	seen := make(chan float64, 1)
	go func() {
		time.Sleep(1800 * time.Millisecond)
		seen <- s.sums()["packetwalk_requests.ok"]
	}()
	report := s.mustRun(fmt.Sprintf(`flood({ target: "http://%s/", schedule: { stages: [{ durationMs: 2500, fromPerSecond: 100, toPerSecond: 100 }] } })`, serve(t, greet)))
	early := <-seen
	if early < 50 || early > 150 {
		t.Errorf("%v requests were told of after 1.8 s, want those of about the first second", early)
	}
	if all := early + s.sums()["packetwalk_requests.ok"]; all != report["scheduled"] {
		t.Errorf("%v requests were told of, %v scheduled", all, report["scheduled"])
	}
}

func TestFailuresAreCountedByCause(t *testing.T) {
	s := newScript(t)
	report := s.mustRun(`flood({ target: "http://127.0.0.1:1/", ` + brief + ` })`)
	if outcomes := report["outcomes"].(map[string]any); outcomes["refused"] != 20.0 || report["failedShare"] != 1.0 || report["connectMs"] != nil {
		t.Errorf("%v", report)
	}
	if sums := s.sums(); sums["packetwalk_requests.refused"] != 20 || sums["packetwalk_failed_share"] != 1 {
		t.Errorf("%v", sums)
	}
}

func TestRequestsCarryWhatWasAsked(t *testing.T) {
	s := newScript(t)
	type seen struct{ method, host, header, body, uri string }
	requests := make(chan seen, 100)
	address := serve(t, func(_ http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		requests <- seen{request.Method, request.Host, request.Header.Get("X-Day"), string(body), request.RequestURI}
	})
	s.mustRun(fmt.Sprintf(`flood({ target: "http://%s/cart?item=1", host: "shop", method: "POST", headers: { "X-Day": "friday" }, body: "two of them", keepAliveRatio: 0.5, %s })`, address, brief))
	if got, want := <-requests, (seen{"POST", "shop", "friday", "two of them", "/cart?item=1"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestHTTPS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(greet))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{}
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate, err := json.Marshal(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	if err != nil {
		t.Fatal(err)
	}
	for options, want := range map[string]string{
		"":                                   "tls",
		"tls: { insecureSkipVerify: true },": "ok",
		fmt.Sprintf("tls: { caPem: %s },", certificate): "ok",
	} {
		report := newScript(t).mustRun(fmt.Sprintf(`flood({ target: "https://%s/", %s %s })`, server.Listener.Addr(), options, brief))
		if outcomes := report["outcomes"].(map[string]any); outcomes[want] != 20.0 {
			t.Errorf("%s: outcomes %v, want 20 %s", options, outcomes, want)
		}
	}
}

func TestK6sOwnRefusalsHold(t *testing.T) {
	s := newScript(t)
	dialer := s.state.Dialer.(*netext.Dialer)
	blacklisted, err := lib.ParseCIDR("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	dialer.Blacklist = []*lib.IPNet{blacklisted}
	dialer.BlockedHostnames, err = types.NewHostnameTrie([]string{"*.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"http://127.0.0.1/":        "blacklisted range",
		"http://shop.example.com/": "blocked pattern",
	} {
		if _, err := s.run(fmt.Sprintf(`flood({ target: %q, %s })`, target, brief)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", target, err, want)
		}
	}
}

func TestHostsAreResolvedByK6(t *testing.T) {
	s := newScript(t)
	host, port, err := net.SplitHostPort(serve(t, greet))
	if err != nil {
		t.Fatal(err)
	}
	to, err := types.NewHost(net.ParseIP(host), "")
	if err != nil {
		t.Fatal(err)
	}
	s.state.Dialer.(*netext.Dialer).Hosts, err = types.NewHosts(map[string]types.Host{"shop.test": *to})
	if err != nil {
		t.Fatal(err)
	}
	if report := s.mustRun(fmt.Sprintf(`flood({ target: "http://shop.test:%s/", %s })`, port, brief)); report["outcomes"].(map[string]any)["ok"] != 20.0 {
		t.Errorf("%v", report["outcomes"])
	}
}

func TestBadOptionsAreNamed(t *testing.T) {
	const good = `target: "http://127.0.0.1:1/", ` + brief
	for argument, want := range map[string]string{
		``:                  "needs an object",
		`7`:                 "one object",
		`{ ` + brief + ` }`: "target is missing",
		`{ target: "ftp://1.2.3.4/", ` + brief + ` }`:    "neither an http:// nor an https:// URL",
		`{ target: "http://u@1.2.3.4/", ` + brief + ` }`: "user",
		`{ target: "http://1.2.3.4/" }`:                  "schedule.stages is empty",
		`{ target: 7, ` + brief + ` }`:                   "target is a number, not a string",
		`{ ` + good + `, rate: 7 }`:                      `unknown field "rate"`,
		`{ ` + good + `, stages: [] }`:                   "use schedule.stages",
		`{ ` + good + `, timeoutMs: "3s" }`:              "timeoutMs is a string, not a whole number",
		`{ ` + good + `, timeoutMs: 1.5 }`:               "timeoutMs is a number 1.5, not a whole number",
		`{ ` + good + `, timeoutMs: NaN }`:               "timeoutMs is null or not a finite number",
		`{ ` + good + `, timeoutMs: -1 }`:                "timeoutMs must be",
		`{ ` + good + `, maxInFlight: -1 }`:              "maxInFlight must be",
		`{ ` + good + `, closeWith: "bang" }`:            "closeWith",
		`{ ` + good + `, keepAliveRatio: 2 }`:            "keepAliveRatio",
		`{ ` + good + `, headers: { A: 1 } }`:            "headers",
		`{ ` + good + `, sourceAddresses: ["here"] }`:    "here",
		`{ ` + good + `, tls: {} }`:                      "tls is for https",
		`{ ` + good + `, tls: { verify: false } }`:       `unknown field "verify"`,
		`{ target: "http://1.2.3.4/", schedule: { stages: [{ durationMs: 0, fromPerSecond: 1, toPerSecond: 1 }] } }`:                     "schedule.stages[0]",
		`{ target: "http://1.2.3.4/", schedule: { stages: [{ durationMs: 9, fromPerSecond: 0/0, toPerSecond: 1 }] } }`:                   "schedule.stages[0].fromPerSecond",
		`{ target: "http://1.2.3.4/", schedule: { arrivals: "uneven", stages: [{ durationMs: 9, fromPerSecond: 1, toPerSecond: 1 }] } }`: "arrivals",
	} {
		s := newScript(t)
		_, err := s.run("flood(" + argument + ")")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("flood(%s): %v, want %q", argument, err, want)
		}
		if !s.state.TestStatus.Failed() {
			t.Errorf("flood(%s) did not fail the test run", argument)
		}
	}
}

func TestFloodAtTheTopOfAScript(t *testing.T) {
	s := newScript(t)
	if _, err := s.runtime.VU.Runtime().RunString(`flood({})`); err == nil || !strings.Contains(err.Error(), "default function") {
		t.Errorf("%v", err)
	}
}

func TestStoppedFloodReportsOnWhatItDid(t *testing.T) {
	s := newScript(t)
	time.AfterFunc(500*time.Millisecond, s.runtime.CancelContext)
	report := s.mustRun(fmt.Sprintf(`flood({ target: "http://%s/", schedule: { stages: [{ durationMs: 60000, fromPerSecond: 100, toPerSecond: 100 }] } })`, serve(t, greet)))
	if scheduled := report["scheduled"].(float64); scheduled < 30 || scheduled > 200 || report["outcomes"].(map[string]any)["ok"] != scheduled {
		t.Errorf("%v scheduled, outcomes %v", scheduled, report["outcomes"])
	}
	if sums := s.sums(); sums["packetwalk_requests.ok"] != report["scheduled"] {
		t.Errorf("%v requests were told of, %v scheduled", sums["packetwalk_requests.ok"], report["scheduled"])
	}
}
