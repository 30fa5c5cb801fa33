package chain

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/internal/getaddrinfo"
	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/lookups"
	"packetwalk.dev/agent/openload"
)

const (
	port  = 8080
	depth = 5
)

// serve lets one server be all hops: 127.0.0.1, 127.0.0.2 …, names that need no DNS.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) (helper string) {
	t.Helper()
	isolated.Require(t)
	helper = getaddrinfo.Helper(t, "glibc")
	own, err := lookups.Start(helper, 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	listener, err := net.Listen("tcp", "0.0.0.0:8080")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: wrap(Handler(own))}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return helper
}

func specOf(helper, names string) Spec {
	return Spec{
		Spec: openload.Spec{
			Schedule:    flood.Schedule{Stages: []flood.Stage{{DurationMs: 500, FromPerSecond: 20, ToPerSecond: 20}}},
			TimeoutMs:   1000,
			MaxInFlight: 50,
		},
		Helper: helper, Names: names, Depth: depth, Port: port,
	}
}

func drive(t *testing.T, spec Spec) Report {
	t.Helper()
	report, err := Drive(context.Background(), spec, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Scheduled != 10 {
		t.Errorf("%d scheduled, want 10", report.Scheduled)
	}
	return report
}

func TestEveryHopIsLookedUpAndCalled(t *testing.T) {
	const slow = 20 * time.Millisecond
	report := drive(t, specOf(serve(t, func(handler http.Handler) http.Handler {
		return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			if request.URL.Query().Get("hop") == "3" {
				time.Sleep(slow)
			}
			handler.ServeHTTP(writer, request)
		})
	}), "127.0.0.{n}"))
	if report.Outcomes[ok] != 10 || len(report.Requests) != 10 || len(report.Hops) != depth {
		t.Fatalf("%v, %d requests, %d hops", report.Outcomes, len(report.Requests), len(report.Hops))
	}
	for _, hop := range report.Hops {
		dns, own := decode(t, hop.DNS), decode(t, hop.Own)
		if hop.Outcomes[ok] != 10 || dns.count != 10 || own.count != 10 {
			t.Errorf("hop %d: %v, %+v, %+v", hop.Hop, hop.Outcomes, dns, own)
		}
		// What one hop takes is not also counted for those before it.
		if isSlow := own.medianMs >= 20; isSlow != (hop.Hop == 3) {
			t.Errorf("hop %d took %v ms itself", hop.Hop, own.medianMs)
		}
	}
	for _, request := range report.Requests {
		if request.DNSMs <= 0 || request.TotalMs < request.DNSMs+20 {
			t.Errorf("%+v", request)
		}
	}
}

func TestWhatFailsIsWhatTheRequestEndsAs(t *testing.T) {
	names := "127.0.0.{n}"
	helper := serve(t, func(handler http.Handler) http.Handler {
		return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			switch hop := request.URL.Query().Get("hop"); {
			case hop == "4" && request.Host == "127.0.0.4":
				http.Error(writer, "out of order", http.StatusServiceUnavailable)
			case hop == "2" && request.Host == "127.1.0.2":
				time.Sleep(1500 * time.Millisecond)
			default:
				handler.ServeHTTP(writer, request)
			}
		})
	})
	report := drive(t, specOf(helper, names))
	if report.Outcomes[callFailed] != 10 || report.Hops[3].Outcomes[callFailed] != 10 || report.Hops[2].Outcomes[ok] != 10 {
		t.Errorf("%v, %+v", report.Outcomes, report.Hops)
	}
	report = drive(t, specOf(helper, "127.1.0.{n}"))
	if report.Outcomes[timedOut] != 10 {
		t.Errorf("%v", report.Outcomes)
	}
	report = drive(t, specOf(helper, "no-such-name-{n}."))
	if report.Outcomes[ok] != 0 || report.Outcomes[callFailed] != 0 || report.Hops[0].Outcomes[ok] != 0 {
		t.Errorf("%v", report.Outcomes)
	}
}

func TestRefusesRoutesThatAreNone(t *testing.T) {
	spec := specOf("x", "127.0.0.{n}")
	for _, spoil := range []func(*Spec){
		func(s *Spec) { s.Names = "hop-1" },
		func(s *Spec) { s.Names = "hop {n}" },
		func(s *Spec) { s.Depth = 0 },
		func(s *Spec) { s.Depth = Longest + 1 },
		func(s *Spec) { s.Port = -1 },
		func(s *Spec) { s.Helper = "" },
		func(s *Spec) { s.TimeoutMs = 0 },
	} {
		spoilt := spec
		spoil(&spoilt)
		if spoilt.Validate() == nil {
			t.Errorf("accepted %+v", spoilt)
		}
	}
}

type summary struct {
	count    int64
	medianMs float64
}

func decode(t *testing.T, encoded string) summary {
	t.Helper()
	decoded, err := histogram.Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return summary{decoded.TotalCount(), float64(decoded.ValueAtQuantile(50)) / 1000}
}
