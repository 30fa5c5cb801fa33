package endpoints

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"packetwalk.dev/agent/clusterapi"
	"packetwalk.dev/agent/isolated"
)

func sliceJSON(name, version string, endpoints ...string) string {
	return fmt.Sprintf(`{"metadata":{"name":%q,"resourceVersion":%q},"ports":[{"protocol":"TCP","port":80},{"protocol":"UDP","port":53}],"endpoints":[%s]}`,
		name, version, strings.Join(endpoints, ","))
}

func endpoint(address, conditions string) string {
	return fmt.Sprintf(`{"addresses":[%q],"conditions":{%s}}`, address, conditions)
}

// script answers the API's requests in turn: this is the protocol, the real API is in the lab's tests.
type script struct {
	t       *testing.T
	lock    sync.Mutex
	answers []func(http.ResponseWriter, *http.Request)
	asked   []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lock.Lock()
	s.asked = append(s.asked, r.URL.Query().Get("watch")+"@"+r.URL.Query().Get("resourceVersion"))
	if len(s.answers) == 0 {
		s.lock.Unlock()
		<-r.Context().Done() // a watch without events
		return
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	s.lock.Unlock()
	if r.URL.Path != "/apis/discovery.k8s.io/v1/namespaces/here/endpointslices" || r.URL.Query().Get("labelSelector") != "kubernetes.io/service-name=web" {
		s.t.Errorf("asked for %s", r.URL)
	}
	answer(w, r)
}

func says(lines ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range lines {
			fmt.Fprintln(w, line)
		}
	}
}

func list(version string, items ...string) func(http.ResponseWriter, *http.Request) {
	return says(fmt.Sprintf(`{"metadata":{"resourceVersion":%q},"items":[%s]}`, version, strings.Join(items, ",")))
}

func event(kind, object string) string {
	return fmt.Sprintf(`{"type":%q,"object":%s}`, kind, object)
}

func TestFollowGoesOnThroughEveryEndOfAWatch(t *testing.T) {
	isolated.Require(t)
	ready, unknown, gone := `"ready":true`, ``, `"ready":false,"serving":true,"terminating":true`
	answers := &script{t: t, answers: []func(http.ResponseWriter, *http.Request){
		func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"code":403,"message":"not yet"}`)
		},
		list("10", sliceJSON("a", "9", endpoint("10.1.0.2", ready), endpoint("10.1.0.1", unknown), endpoint("10.1.0.3", gone))),
		says(
			event("ADDED", sliceJSON("b", "11", endpoint("10.1.0.9", ready), endpoint("10.1.0.2", ready))),
			event("BOOKMARK", `{"metadata":{"resourceVersion":"20"}}`)), // and its time is over
		says(event("DELETED", sliceJSON("b", "21")), event("ERROR", `{"code":410,"message":"too old resource version"}`)),
		list("30"),
		says(`{"type":"MODI`), // the connection broke
		list("40", sliceJSON("a", "39", endpoint("no IP", ready))),
		list("50", sliceJSON("a", "49", endpoint("10.1.0.4", ready))),
	}}
	server := httptest.NewServer(answers)
	defer server.Close()
	api := &API{clusterapi.At(server.URL, "here", server.Client())}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	var got, troubles []string
	api.Follow(ctx, "web", func(set Set) {
		got = append(got, fmt.Sprint(set))
		if len(got) == 5 {
			stop()
		}
	}, func(err error) { troubles = append(troubles, err.Error()) })
	want := []string{
		"[10.1.0.1:80 10.1.0.2:80]",
		"[10.1.0.1:80 10.1.0.2:80 10.1.0.9:80]",
		"[10.1.0.1:80 10.1.0.2:80]",
		"[]",
		"[10.1.0.4:80]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("sets\n%s", strings.Join(got, "\n"))
	}
	asked := "@ @ 1@10 1@20 @ 1@30 @ @"
	if strings.Join(answers.asked, " ") != asked {
		t.Errorf("asked %q, want %q", strings.Join(answers.asked, " "), asked)
	}
	for i, says := range []string{"HTTP 403 not yet", "HTTP 410 too old", "watch of EndpointSlices broke", `"no IP", which is not an IP address`} {
		if i >= len(troubles) || !strings.Contains(troubles[i], says) {
			t.Fatalf("troubles %q", troubles)
		}
	}
}
