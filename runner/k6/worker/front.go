package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// front stands where k6's API was asked for, when somebody else pauses and resumes this k6 (the
// k6-operator does) and there is a gate too: a load must not begin before its measurement does, and
// all its workers are to begin at one instant. So a resume is noted, and k6 is resumed when the gate's
// instant has come as well; whoever asked is told the truth, which is that k6 is still paused.
// Everything else passes through.
type front struct {
	k6      http.Handler
	resumed chan struct{} // closed by the first resume
	note    sync.Once
}

const (
	statusPath      = "/v1/status"
	longestDocument = 1 << 16
)

// serveFront listens on the address that was asked for, and hands on to k6's own.
func serveFront(asked, k6 string) (*front, error) {
	listener, err := net.Listen("tcp", asked)
	if err != nil {
		return nil, fmt.Errorf("k6's API cannot be had at --address: %w", err)
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: k6})
	proxy.ErrorLog = log.New(io.Discard, "", 0) // until k6 has begun to serve, callers get a 502
	f := &front{k6: proxy, resumed: make(chan struct{})}
	go func() { _ = http.Serve(listener, f) }() // ends with the process
	return f, nil
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch && r.URL.Path == statusPath {
		document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestDocument))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(document)), int64(len(document))
		if isResume(document) {
			f.note.Do(func() { close(f.resumed) })
			r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
		}
	}
	f.k6.ServeHTTP(w, r)
}

func isResume(document []byte) bool {
	var wanted status
	if json.Unmarshal(document, &wanted) != nil {
		return false
	}
	a := wanted.Data.Attributes
	return a.Paused != nil && !*a.Paused && !a.Stopped
}

// askedAddress is where k6's API is to be, if the command line says so: as in k6, the last one counts.
func askedAddress(args []string) string {
	asked := ""
	for i, arg := range args {
		if value, is := strings.CutPrefix(arg, "--address="); is {
			asked = value
		} else if slices.Contains([]string{"--address", "-a"}, arg) && i+1 < len(args) {
			asked = args[i+1]
		}
	}
	return asked
}
