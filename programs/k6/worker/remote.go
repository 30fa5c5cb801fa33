package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"go.k6.io/k6/lib"
)

const askPause = 20 * time.Millisecond

// remote is k6's own REST API (https://grafana.com/docs/k6/latest/misc/k6-rest-api): k6 has no way to
// be resumed from within its process.
type remote struct {
	url    string
	client *http.Client
}

func newRemote(address string) *remote {
	return &remote{url: "http://" + address + statusPath, client: &http.Client{Timeout: 10 * time.Second}}
}

// status is the part that is used of k6's JSON:API document.
type status struct {
	Data struct {
		Type       string     `json:"type"`
		ID         string     `json:"id"`
		Attributes attributes `json:"attributes"`
	} `json:"data"`
}

type attributes struct {
	Status  *lib.ExecutionStatus `json:"status,omitempty"`
	Paused  *bool                `json:"paused,omitempty"`
	Stopped bool                 `json:"stopped,omitempty"`
}

// awaitPaused waits until all virtual users are initialised. Its last answer leaves a connection
// open, so that resume does not wait for one.
func (r *remote) awaitPaused(ctx context.Context, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		is, err := r.isPaused(ctx)
		if is {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("k6 was not ready within %s: %w", limit, err)
		}
		time.Sleep(askPause) // errors too: its API is not there from the beginning
	}
}

func (r *remote) isPaused(ctx context.Context) (bool, error) {
	var answer status
	if err := r.ask(ctx, http.MethodGet, nil, &answer); err != nil {
		return false, err
	}
	is := answer.Data.Attributes.Status
	return is != nil && *is == lib.ExecutionStatusPausedBeforeRun, nil
}

func (r *remote) resume(ctx context.Context) error {
	var wanted status
	wanted.Data.Type, wanted.Data.ID = "status", "default"
	wanted.Data.Attributes.Paused = new(bool)
	body, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	return r.ask(ctx, http.MethodPatch, body, &status{})
}

func (r *remote) ask(ctx context.Context, method string, body []byte, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, r.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("k6's API answered %s", response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
