package lookups

import (
	"cmp"
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"packetwalk.dev/agent/dnsupstream"
	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/internal/getaddrinfo"
	"packetwalk.dev/agent/openload"
)

const nowhere = "nameserver 127.0.0.1\noptions ndots:1 timeout:1 attempts:1\n"

func stormOf(maxInFlight int) Spec {
	return Spec{
		Spec: openload.Spec{
			Schedule:    flood.Schedule{Stages: []flood.Stage{{DurationMs: 500, FromPerSecond: 40, ToPerSecond: 40}}},
			TimeoutMs:   3000,
			MaxInFlight: maxInFlight,
		},
		Names: []Name{
			{Kind: "external", Name: "api.shop.test"},
			{Kind: "missing", Name: "missing.shop.test", Wanted: NXDomain},
		},
	}
}

func storm20(t *testing.T, libc, resolvConf string, spec Spec) Report {
	t.Helper()
	helper := startUnder(t, getaddrinfo.Helper(t, libc), resolvConf, spec.MaxInFlight)
	report, err := run(context.Background(), spec, time.Now(), helper, resolvConf, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, count := range report.Outcomes {
		sum += count
	}
	if report.Scheduled != 20 || sum != report.Scheduled {
		t.Errorf("%d scheduled, want 20; %v", report.Scheduled, report.Outcomes)
	}
	return report
}

func TestStormTellsKindsApart(t *testing.T) {
	for _, libc := range []string{"glibc", "musl"} {
		t.Run(libc, func(t *testing.T) {
			serve(t, dnsupstream.Faults{DelayMs: 30})
			report := storm20(t, libc, nowhere, stormOf(50))
			if report.Outcomes["ok"] != 20 {
				t.Errorf("%v, want what was wanted to count as ok", report.Outcomes)
			}
			for i, want := range []Outcome{OK, NXDomain} {
				found := report.Lookups[i]
				if found.Scheduled != 10 || found.Outcomes[want] != 10 || found.Over4900Ms != 0 || len(found.Failed) != 0 {
					t.Errorf("%+v", found)
				}
				latency, err := histogram.Decode(found.Latency)
				if err != nil || latency.TotalCount() != 10 || latency.Min() < 30_000 {
					t.Errorf("%v: %d latencies from %d µs", err, latency.TotalCount(), latency.Min())
				}
			}
		})
	}
}

// TestStallDoesNotSlowTheSchedule lets no answer come: every look-up begins at its instant all the same.
func TestStallDoesNotSlowTheSchedule(t *testing.T) {
	for _, libc := range []string{"glibc", "musl"} {
		t.Run(libc, func(t *testing.T) {
			serve(t, dnsupstream.Faults{Loss: 1})
			report := storm20(t, libc, nowhere, stormOf(50))
			if report.Outcomes[string(Timeout)] != 20 {
				t.Errorf("%v", report.Outcomes)
			}
			failed := report.Lookups[1].Failed
			if len(failed) != 10 {
				t.Fatalf("%d failures are told, want all 10", len(failed))
			}
			// They are told as they end. The missing name is due every 50 ms, from 25 ms on, and each waits a second.
			slices.SortFunc(failed, func(a, b FailedLookup) int { return cmp.Compare(a.AtMs, b.AtMs) })
			for i, each := range failed {
				if each.Outcome != Timeout || each.TookMs < 950 || each.AtMs < float64(50*i) || each.AtMs > float64(50*(i+1)) {
					t.Errorf("failure %d: %+v", i, each)
				}
			}
			if took := report.FinishedAtUnixMs - report.StartedAtUnixMs; took > 10_000 { // one after another they would take 20 s
				t.Errorf("it took %d ms", took)
			}
		})
	}
}

func TestWhoGivesUpFirstDoesNotWait(t *testing.T) {
	serve(t, dnsupstream.Faults{Loss: 1})
	spec := stormOf(50)
	spec.TimeoutMs = 200
	report := storm20(t, "glibc", nowhere, spec)
	if report.Outcomes[string(Timeout)] != 20 || report.FinishedAtUnixMs-report.StartedAtUnixMs > 1400 { // the resolver gives up a second after the last
		t.Errorf("%v after %d ms", report.Outcomes, report.FinishedAtUnixMs-report.StartedAtUnixMs)
	}
}

func TestMoreThanMayBeUnderWayIsNotSent(t *testing.T) {
	serve(t, dnsupstream.Faults{Loss: 1})
	report := storm20(t, "musl", nowhere, stormOf(3))
	if report.Outcomes[string(NotSent)] != 17 || report.Sent != 3 || report.NotSent["inFlightCap"] != 17 {
		t.Errorf("%v, %v", report.Outcomes, report.NotSent)
	}
}

// TestServersThatDoNotAnswerWell pins what can be told of them: glibc passes on at once that there is
// no answer, whatever the reason; musl (src/network/res_msend.c) waits for a better one.
func TestServersThatDoNotAnswerWell(t *testing.T) {
	for libc, want := range map[string]Outcome{"glibc": ServFail, "musl": Timeout} {
		helper := getaddrinfo.Helper(t, libc)
		for what, serve := range map[string]func(t *testing.T){
			"nobody listens": func(*testing.T) {},
			"SERVFAIL":       func(t *testing.T) { answerAll(t, dns.RcodeServerFailure) },
			"REFUSED":        func(t *testing.T) { answerAll(t, dns.RcodeRefused) },
		} {
			t.Run(libc+"/"+what, func(t *testing.T) {
				serve(t)
				answer, err := startUnder(t, helper, nowhere, 1).LookUp("api.shop.test")
				if err != nil {
					t.Fatal(err)
				}
				if how := OutcomeOf(answer, timeoutOf(nowhere)); how != want {
					t.Errorf("it ended as %s, want %s: %+v", how, want, answer)
				}
			})
		}
	}
}

// answerAll serves one response code and nothing else.
func answerAll(t *testing.T, rcode int) {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:53")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: packets, Handler: dns.HandlerFunc(func(writer dns.ResponseWriter, query *dns.Msg) {
		_ = writer.WriteMsg(new(dns.Msg).SetRcode(query, rcode))
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
}

func TestTimeoutOf(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"":                                     5 * time.Second,
		"options ndots:5\n":                    5 * time.Second,
		"options ndots:5 timeout:1\n":          time.Second,
		"options timeout:3\noptions ndots:2\n": 3 * time.Second,
		"options timeout:0\n":                  5 * time.Second,
	} {
		if got := timeoutOf(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
