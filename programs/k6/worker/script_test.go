package worker

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"packetwalk.dev/agent/flood"
)

func TestAllButHoldsEveryOtherAddress(t *testing.T) {
	hosts := []netip.Addr{netip.MustParseAddr("10.96.0.10"), netip.MustParseAddr("fd00::5")}
	blocked := allBut(hosts)
	holds := func(text string) (times int) {
		for _, each := range blocked {
			if each.Contains(netip.MustParseAddr(text)) {
				times++
			}
		}
		return times
	}
	for _, host := range hosts {
		if times := holds(host.String()); times != 0 {
			t.Errorf("%s is blocked", host)
		}
	}
	for _, other := range []string{"0.0.0.0", "10.96.0.9", "10.96.0.11", "127.0.0.1", "169.254.169.254", "255.255.255.255", "::", "::1", "fd00::4", "fd00::6", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"} {
		if times := holds(other); times != 1 {
			t.Errorf("%s is in %d networks, want 1", other, times)
		}
	}
	if len(blocked) != 32+128 {
		t.Errorf("%d networks", len(blocked))
	}
}

func TestNamesThatThePlanDoesNotHaveLeadNowhere(t *testing.T) {
	got := hostsOf(map[string]netip.AddrPort{
		"shop.example:80":  netip.MustParseAddrPort("10.0.0.1:80"),
		"six.example:8080": netip.MustParseAddrPort("[fd00::1]:8080"),
	})
	want := map[string]string{"*": "0.0.0.0", "shop.example:80": "10.0.0.1:80", "10.0.0.1:80": "10.0.0.1:80", "six.example:8080": "[fd00::1]:8080"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestScenarioFollowsTheSpec(t *testing.T) {
	got := scenarioOf(flood.Spec{
		Worker:      1,
		TimeoutMs:   2000,
		MaxInFlight: 4000,
		Stages:      []flood.Stage{{DurationMs: 1000, FromPerSecond: 0, ToPerSecond: 12.5}, {DurationMs: 500, FromPerSecond: 100, ToPerSecond: 100}},
	})
	want := scenario{
		Executor: "ramping-arrival-rate", StartTime: "6180us", StartRate: 0, TimeUnit: "1000s",
		Stages:          []stage{{0, "0s"}, {12_500, "1000ms"}, {100_000, "0s"}, {100_000, "500ms"}},
		PreAllocatedVUs: 300, MaxVUs: 4000, GracefulStop: "3000ms",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestBadScriptSpecsAreRefused(t *testing.T) {
	spec := flood.Spec{TimeoutMs: 1000, MaxInFlight: 5, Stages: []flood.Stage{{DurationMs: 100, FromPerSecond: 1, ToPerSecond: 1}}}
	good := Script{Hosts: []string{"shop.example:80"}, MostPerSecond: 5}
	if err := good.validate(spec); err != nil {
		t.Error(err)
	}
	poisson := spec
	poisson.Arrivals = flood.Poisson
	for want, each := range map[string]struct {
		script Script
		spec   flood.Spec
	}{
		"script.hosts is empty":           {Script{MostPerSecond: 5}, spec},
		`"shop.example" is not NAME:PORT`: {Script{Hosts: []string{"shop.example"}, MostPerSecond: 5}, spec},
		"script.mostPerSecond must be":    {Script{Hosts: good.Hosts}, spec},
		"arrivals is poisson":             {good, poisson},
		"stages is empty":                 {good, flood.Spec{TimeoutMs: 1000, MaxInFlight: 5}},
	} {
		if err := each.script.validate(each.spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
