package chain

import (
	"encoding/json"
	"net/http"

	"packetwalk.dev/agent/lookups"
)

// Handler answers as any hop of a chain: with the steps behind it, empty at the last hop.
func Handler(helper *lookups.Helper) http.Handler {
	caller := newCaller(helper)
	handler := http.NewServeMux()
	handler.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	handler.HandleFunc("GET /{$}", func(writer http.ResponseWriter, request *http.Request) {
		hop, route, err := parseQuery(request.URL.Query())
		if err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		steps := []Step{}
		if hop < route.depth {
			steps = caller.steps(request.Context(), hop+1, route)
		}
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(steps) // whoever asked may be gone
	})
	return handler
}
