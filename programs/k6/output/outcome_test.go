package output

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestEveryErrorCodeHasACause goes through all codes of k6 1.8 that its real servers in ../k6_test.go
// cannot bring about.
func TestEveryErrorCodeHasACause(t *testing.T) {
	for _, each := range []struct {
		request request
		want    string
	}{
		{request{errorCode: 1000, message: "something new"}, "protocol-error"},
		{request{errorCode: 1010, message: "remote error: tls: handshake failure"}, "tls"},
		{request{errorCode: 1010, message: "read udp: ?"}, "protocol-error"},
		{request{errorCode: 1020}, "not-sent"},
		{request{errorCode: 1050}, "connect-timeout"},
		{request{errorCode: 1050, connected: true, usable: true}, "response-timeout"},
		{request{errorCode: 1050, connected: true, secure: true}, "tls"},
		{request{errorCode: 1100, message: "lookup web: server misbehaving"}, "dns-servfail"},
		{request{errorCode: 1100, message: "lookup web: i/o timeout"}, "dns-timeout"},
		{request{errorCode: 1101, message: "lookup: no such host"}, "dns-servfail"},
		{request{errorCode: 1110}, "not-sent"},
		{request{errorCode: 1111}, "not-sent"},
		{request{errorCode: 1200}, "reset"},
		{request{errorCode: 1201}, "reset"},
		{request{errorCode: 1202, connected: true, message: "read: unknown errno `104` on linux with message `connection reset by peer`"}, "reset"},
		{request{errorCode: 1210, message: "dial tcp: ?"}, "unreachable"},
		{request{errorCode: 1211}, "connect-timeout"},
		{request{errorCode: 1212}, "refused"},
		{request{errorCode: 1213, message: "dial: unknown errno 99 error with msg `cannot assign requested address`"}, "port-exhausted"},
		{request{errorCode: 1213, message: "dial: unknown errno 113 error with msg `no route to host`"}, "unreachable"},
		{request{errorCode: 1213, message: "dial: unknown errno 24 error with msg `too many open files`"}, "not-sent"},
		{request{errorCode: 1213, message: "dial: unknown errno 110 error with msg `connection timed out`"}, "connect-timeout"},
		{request{errorCode: 1220}, "reset"},
		{request{errorCode: 1300}, "tls"},
		{request{errorCode: 1301}, "tls"},
		{request{errorCode: 1310}, "tls"},
		{request{errorCode: 1311}, "tls"},
		{request{errorCode: 1404, status: 404}, "status-4xx"},
		{request{errorCode: 1502, status: 502}, "status-502"},
		{request{errorCode: 1599, status: 599}, "status-5xx"},
		{request{errorCode: 1610}, "reset"},
		{request{errorCode: 1624}, "reset"},
		{request{errorCode: 1630}, "reset"},
		{request{errorCode: 1644}, "reset"},
		{request{errorCode: 1650}, "protocol-error"},
		{request{errorCode: 1664}, "protocol-error"},
		{request{errorCode: 1701}, "protocol-error"},
		{request{status: 200}, "ok"},
		{request{status: 302}, "ok"},
		{request{status: 302, expected: "false"}, "unexpected-status"},
		{request{status: 201, expected: "true"}, "ok"},
		{request{errorCode: 1404, status: 404, expected: "true"}, "ok"},
		{request{errorCode: 1404, status: 404, expected: "false"}, "status-4xx"},
		{request{errorCode: 1503, status: 503, expected: "false"}, "status-503"},
		{request{errorCode: 1212, expected: "true"}, "refused"},
	} {
		t.Run(fmt.Sprint(each.request.errorCode, each.request.message, each.request.expected), func(t *testing.T) {
			if got := each.request.outcome(); got != each.want {
				t.Errorf("%+v is %s, want %s", each.request, got, each.want)
			}
		})
	}
}

func TestCausesAreThoseOfTheResultSchema(t *testing.T) {
	schema, err := os.ReadFile("../../../runner/result/outcomes.ts")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?s)FAILURE_CAUSES = \[(.*?)\]`).FindSubmatch(schema)
	if list == nil {
		t.Fatal("runner/result/outcomes.ts has no FAILURE_CAUSES")
	}
	causes := []string{ok}
	for _, each := range regexp.MustCompile(`"([^"]+)"`).FindAllSubmatch(list[1], -1) {
		causes = append(causes, string(each[1]))
	}
	for code := range 2000 {
		for _, status := range []int{0, 200} {
			if got := (request{errorCode: code, status: status}).outcome(); !slices.Contains(causes, got) {
				t.Errorf("code %d gives %q, which is not a cause", code, got)
			}
		}
	}
}
