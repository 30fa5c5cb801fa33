package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.k6.io/k6/lib"
)

const (
	askPause  = 20 * time.Millisecond
	setupPath = "/v1/setup"
)

// remote is k6's own REST API (https://grafana.com/docs/k6/latest/misc/k6-rest-api): k6 has no way to
// be resumed from within its process.
type remote struct {
	address string
	client  *http.Client
}

func newRemote(address string) *remote {
	return &remote{address: address, client: &http.Client{Timeout: 10 * time.Second}}
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
	if err := r.ask(ctx, http.MethodGet, statusPath, nil, &answer); err != nil {
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
	return r.ask(ctx, http.MethodPatch, statusPath, body, &status{})
}

// setup runs the script's setup(), if it has one; k6 itself ends it after its option setupTimeout.
func (r *remote) setup(ctx context.Context) error {
	patient := &remote{address: r.address, client: &http.Client{Timeout: warmUpLimit}}
	return patient.ask(ctx, http.MethodPost, setupPath, nil, &struct{}{})
}

func (r *remote) ask(ctx context.Context, method, path string, body []byte, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+r.address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("k6's API answered %s%s", response.Status, reasonIn(response.Body))
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// reasonIn gives what the API says of an error, in one line.
func reasonIn(body io.Reader) string {
	var document struct {
		Errors []struct {
			Detail string `json:"detail"`
		} `json:"errors"`
	}
	if json.NewDecoder(io.LimitReader(body, longestDocument)).Decode(&document) != nil || len(document.Errors) == 0 {
		return ""
	}
	return ": " + strings.Join(strings.Fields(document.Errors[0].Detail), " ")
}
