package keeper

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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
}

func (s *server) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if request.Method == http.MethodDelete && request.URL.Path == "/api/v1/namespaces/here" {
		s.deleted = true
		fmt.Fprint(answer, "{}")
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

// looksUntilDeleted are those that the keeper took before it deleted the namespace; 0: it did not within the time.
func looksUntilDeleted(t *testing.T, lease func(look int) (int, string), limit, every, within time.Duration) int {
	t.Helper()
	s := &server{lease: lease}
	listening := httptest.NewServer(s)
	defer listening.Close()
	ctx, stop := context.WithTimeout(context.Background(), within)
	defer stop()
	err := Keeper{clusterapi.At(listening.URL, "here", listening.Client()), "run", limit, every}.Run(ctx, func(error) {})
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
