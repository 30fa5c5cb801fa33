package dnsupstream

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const address = "127.0.0.1:5353"

func start(t *testing.T, faults Faults) *Server {
	t.Helper()
	server := New(Zone{Origin: "shop.test", TTLSeconds: 30, Records: map[string][]netip.Addr{
		"API.shop.test":   {netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")},
		"*.any.shop.test": {netip.MustParseAddr("192.0.2.3")},
		"v4.shop.test.":   {netip.MustParseAddr("192.0.2.2")},
	}}, faults)
	stop, err := server.Listen(address, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return server
}

func ask(t *testing.T, transport, name string, qtype uint16) (*dns.Msg, time.Duration) {
	t.Helper()
	client := dns.Client{Net: transport, Timeout: 300 * time.Millisecond}
	answer, took, err := client.Exchange(new(dns.Msg).SetQuestion(name, qtype), address)
	if err != nil {
		return nil, 0
	}
	return answer, took
}

func TestAnswersForItsZone(t *testing.T) {
	start(t, Faults{})
	for _, each := range []struct {
		name    string
		qtype   uint16
		rcode   int
		records int
		soa     string
	}{
		{"api.shop.test.", dns.TypeA, dns.RcodeSuccess, 1, ""},
		{"api.SHOP.test.", dns.TypeAAAA, dns.RcodeSuccess, 1, ""},
		{"v4.shop.test.", dns.TypeAAAA, dns.RcodeSuccess, 0, "shop.test."},
		{"1-2.any.shop.test.", dns.TypeA, dns.RcodeSuccess, 1, ""},
		{"1.2.any.shop.test.", dns.TypeA, dns.RcodeNameError, 0, "shop.test."},
		{"missing.shop.test.", dns.TypeA, dns.RcodeNameError, 0, "shop.test."},
		{"web.", dns.TypeA, dns.RcodeNameError, 0, "."},
	} {
		for _, transport := range []string{"udp", "tcp"} {
			answer, _ := ask(t, transport, each.name, each.qtype)
			if answer == nil {
				t.Fatalf("%s over %s: no answer", each.name, transport)
			}
			if answer.Rcode != each.rcode || len(answer.Answer) != each.records {
				t.Errorf("%s over %s: %v", each.name, transport, answer)
			}
			if each.soa != "" && (len(answer.Ns) != 1 || answer.Ns[0].Header().Name != each.soa) {
				t.Errorf("%s: no SOA of %s to keep the denial by: %v", each.name, each.soa, answer.Ns)
			}
		}
	}
}

func TestCountsByNameTypeAndTransport(t *testing.T) {
	server := start(t, Faults{})
	ask(t, "udp", "api.shop.test.", dns.TypeA)
	ask(t, "udp", "API.shop.test.", dns.TypeA)
	ask(t, "tcp", "api.shop.test.", dns.TypeA)
	ask(t, "udp", "api.shop.test.", dns.TypeAAAA)
	got := server.State().Queries
	want := []Count{
		{"api.shop.test.", "A", "tcp", 1, 0},
		{"api.shop.test.", "A", "udp", 2, 0},
		{"api.shop.test.", "AAAA", "udp", 1, 0},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

func TestIsSlowAndLossyOnDemand(t *testing.T) {
	server := start(t, Faults{})
	control := httptest.NewServer(server.Control())
	defer control.Close()

	set(t, control.URL+"/faults", `{"delayMs": 80}`, http.StatusNoContent)
	if answer, took := ask(t, "udp", "api.shop.test.", dns.TypeA); answer == nil || took < 80*time.Millisecond {
		t.Errorf("%v after %v", answer, took)
	}

	set(t, control.URL+"/faults", `{"loss": 1}`, http.StatusNoContent)
	if answer, _ := ask(t, "udp", "api.shop.test.", dns.TypeA); answer != nil {
		t.Errorf("an answer that was to be lost: %v", answer)
	}
	if answer, _ := ask(t, "tcp", "api.shop.test.", dns.TypeA); answer == nil {
		t.Error("TCP lost an answer")
	}

	set(t, control.URL+"/zone", `{"origin": "shop.test", "ttlSeconds": 1, "records": {"new.shop.test": ["192.0.2.9"]}}`, http.StatusNoContent)
	set(t, control.URL+"/faults", `{}`, http.StatusNoContent)
	if answer, _ := ask(t, "udp", "new.shop.test.", dns.TypeA); answer == nil || len(answer.Answer) != 1 || answer.Answer[0].Header().Ttl != 1 {
		t.Errorf("%v", answer)
	}
	if answer, _ := ask(t, "udp", "api.shop.test.", dns.TypeA); answer == nil || answer.Rcode != dns.RcodeNameError {
		t.Errorf("%v", answer)
	}

	response, err := http.Get(control.URL + "/state")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var state State
	if err := json.NewDecoder(response.Body).Decode(&state); err != nil || state.Zone.TTLSeconds != 1 {
		t.Errorf("%+v, %v", state, err)
	}
	if lost := state.Queries[1]; lost != (Count{"api.shop.test.", "A", "udp", 3, 1}) {
		t.Errorf("%+v", state.Queries)
	}
}

func TestRefusesSettingsThatAreNone(t *testing.T) {
	control := httptest.NewServer(start(t, Faults{}).Control())
	defer control.Close()
	for body, path := range map[string]string{
		`{"loss": 2}`:                          "/faults",
		`{"delayMs": -1}`:                      "/faults",
		`{"delay": 1}`:                         "/faults",
		`{"origin": ""}`:                       "/zone",
		`{"origin":"a","records":{"b":["c"]}}`: "/zone",
	} {
		set(t, control.URL+path, body, http.StatusBadRequest)
	}
}

func TestOneSeedLosesTheSameQueries(t *testing.T) {
	pattern := func(seed uint64) (lost string) {
		thrown := newDice(Faults{Loss: 0.3, Seed: seed})
		for range 200 {
			if thrown.lose() {
				lost += "x"
			} else {
				lost += "."
			}
		}
		return lost
	}
	if pattern(1) != pattern(1) || pattern(1) == pattern(2) {
		t.Error("the seed does not decide")
	}
	if lost := strings.Count(pattern(1), "x"); lost < 40 || lost > 80 {
		t.Errorf("%d of 200 lost, want about 60", lost)
	}
}

func set(t *testing.T, url, body string, want int) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != want {
		t.Errorf("PUT %s: HTTP %d, want %d", body, response.StatusCode, want)
	}
}
