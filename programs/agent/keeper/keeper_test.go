package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"packetwalk.dev/agent/clusterapi"
)

// server answers as the API does: this is the protocol, the real API is in the lab's tests.
type server struct {
	lock    sync.Mutex
	looks   int
	lease   func(look int) (status int, renewed string)
	deleted bool
	cordons map[string]string // marks of cordoned nodes, by node; "" is the user's own
	failing int               // patches that are still refused
	acts    []string
}

func (s *server) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if request.Method == http.MethodDelete && request.URL.Path == "/api/v1/namespaces/here" {
		s.deleted = true
		s.acts = append(s.acts, "delete")
		fmt.Fprint(answer, "{}")
		return
	}
	if request.URL.Path == "/api/v1/nodes" {
		s.listNodes(answer, request)
		return
	}
	if node, found := strings.CutPrefix(request.URL.Path, "/api/v1/nodes/"); found && request.Method == http.MethodPatch {
		s.patchNode(answer, request, node)
		return
	}
	if request.URL.Path != "/apis/coordination.k8s.io/v1/namespaces/here/leases/run" {
		answer.WriteHeader(http.StatusForbidden)
		return
	}
	s.looks++
	status, renewed := s.lease(s.looks)
	answer.WriteHeader(status)
	fmt.Fprintf(answer, `{"spec":{"renewTime":%q}}`, renewed)
}

// listNodes gives one a page.
func (s *server) listNodes(answer http.ResponseWriter, request *http.Request) {
	names := slices.Sorted(maps.Keys(s.cordons))
	at, _ := strconv.Atoi(request.URL.Query().Get("continue"))
	next := ""
	if at+1 < len(names) {
		next = strconv.Itoa(at + 1)
	}
	fmt.Fprintf(answer, `{"metadata":{"continue":%q},"items":[{"metadata":{"name":%q,"annotations":{%q:%q}}}]}`,
		next, names[at], cordonedBy, s.cordons[names[at]])
}

func (s *server) patchNode(answer http.ResponseWriter, request *http.Request, node string) {
	var patch []struct {
		Op, Path string
		Value    any
	}
	if json.NewDecoder(request.Body).Decode(&patch) != nil || request.Header.Get("Content-Type") != "application/json-patch+json" {
		answer.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.failing > 0 {
		s.failing--
		answer.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	for _, each := range patch {
		if each.Op == "test" && each.Value != s.cordons[node] {
			answer.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
	}
	delete(s.cordons, node)
	s.acts = append(s.acts, "uncordon "+node)
}

// looksUntilDeleted are those that the keeper took before it deleted the namespace; 0: it did not within the time.
func looksUntilDeleted(t *testing.T, lease func(look int) (int, string), limit, every, within time.Duration) int {
	t.Helper()
	s := &server{lease: lease}
	listening := httptest.NewServer(s)
	defer listening.Close()
	ctx, stop := context.WithTimeout(context.Background(), within)
	defer stop()
	err := Keeper{clusterapi.At(listening.URL, "here", listening.Client()), "run", "", limit, every}.Watch(ctx, func(error) {})
	if s.deleted != (err == nil) {
		t.Fatalf("deleted: %v, but it ended with %v", s.deleted, err)
	}
	if !s.deleted {
		return 0
	}
	return s.looks
}

const (
	limit = 200 * time.Millisecond
	every = 10 * time.Millisecond
	long  = 20 * time.Second
)

func TestWhatADeadRunnerLeftIsDeleted(t *testing.T) {
	renewals := func(look int) (int, string) { return 200, fmt.Sprint(min(look, 5)) }
	if looks := looksUntilDeleted(t, renewals, limit, every, long); looks < 6 {
		t.Errorf("deleted at look %d, while the Lease was renewed", looks)
	}
	gone := func(look int) (int, string) { return 404, "" }
	if looks := looksUntilDeleted(t, gone, limit, every, long); looks == 0 {
		t.Error("a namespace whose Lease is gone stays")
	}
}

func TestARunnerThatRenewsIsLeftAlone(t *testing.T) {
	renewals := func(look int) (int, string) { return 200, fmt.Sprint(look) }
	if looks := looksUntilDeleted(t, renewals, limit, every, 10*limit); looks != 0 {
		t.Errorf("deleted at look %d", looks)
	}
}

func TestATimeWithoutTheAPICountsForNothing(t *testing.T) {
	const back = 60 // far more looks than the limit has
	failing := func(look int) (int, string) {
		if look > 1 && look < back {
			return 500, ""
		}
		return 200, "always the same"
	}
	if looks := looksUntilDeleted(t, failing, limit, every, long); looks <= back {
		t.Errorf("deleted at look %d, though the API was away until look %d", looks, back)
	}
}

// keep has a keeper of run "1" watch a runner that is dead already.
func keep(t *testing.T, s *server, run string) {
	t.Helper()
	s.lease = func(int) (int, string) { return 404, "" }
	listening := httptest.NewServer(s)
	defer listening.Close()
	ctx, stop := context.WithTimeout(context.Background(), long)
	defer stop()
	keeper := Keeper{clusterapi.At(listening.URL, "here", listening.Client()), "run", run, limit, every}
	if err := keeper.Watch(ctx, func(error) {}); err != nil {
		t.Fatal(err)
	}
}

func TestNodesThatTheRunHasCordonedTakePodsAgain(t *testing.T) {
	s := &server{failing: 2, cordons: map[string]string{
		"a": "here/1", "b": "here/2", "c": "elsewhere/1", "d": "", "e": "here/1",
	}}
	keep(t, s, "1")
	// Each refusal leaves its node for the next look.
	slices.Sort(s.acts[:len(s.acts)-1])
	if got := strings.Join(s.acts, ", "); got != "uncordon a, uncordon e, delete" {
		t.Errorf("did %q", got)
	}
	if left := len(s.cordons); left != 3 {
		t.Errorf("cordons of others: %v", s.cordons)
	}
}

func TestARunThatCordonsNothingNeedsNoRightOnNodes(t *testing.T) {
	s := &server{cordons: map[string]string{"a": "here/1"}}
	keep(t, s, "")
	if got := strings.Join(s.acts, ", "); got != "delete" {
		t.Errorf("did %q", got)
	}
}

func TestANodeThatCannotBeUncordonedKeepsTheNamespaceForAWhileOnly(t *testing.T) {
	s := &server{failing: 1 << 30, cordons: map[string]string{"a": "here/1"}}
	began := time.Now()
	keep(t, s, "1")
	if got := strings.Join(s.acts, ", "); got != "delete" || time.Since(began) < 2*limit {
		t.Errorf("did %q after %v", got, time.Since(began))
	}
}
