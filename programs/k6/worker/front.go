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
)

// front stands where k6's API was asked for: k6's own is on a port that only the gate knows. It hands
// on everything but a resume, because this k6 is resumed by its gate: the k6-operator resumes its runners
// one after another, once their API answers, and no load may begin before its measurement does. Whoever
// asks for a resume is told the truth, which is the state that k6 is in.
type front struct{ k6 http.Handler }

const (
	statusPath      = "/v1/status"
	longestDocument = 1 << 16
)

// serveFront listens on the address that was asked for, and hands on to k6's own.
func serveFront(asked, k6 string) error {
	listener, err := net.Listen("tcp", asked)
	if err != nil {
		return fmt.Errorf("k6's API cannot be had at --address: %w", err)
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: k6})
	proxy.ErrorLog = log.New(io.Discard, "", 0)            // until k6 has begun to serve, callers get a 502
	go func() { _ = http.Serve(listener, front{proxy}) }() // ends with the process
	return nil
}

func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch && r.URL.Path == statusPath {
		document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestDocument))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(document)), int64(len(document))
		if isResume(document) {
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
