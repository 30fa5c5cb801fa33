package dnsupstream

import (
	"encoding/json"
	"net/http"
)

const largestBody = 1 << 20

// Control is the HTTP interface by which a server is watched and changed:
//
//	GET  /state   State
//	PUT  /zone    Zone
//	PUT  /faults  Faults
func (s *Server) Control() http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET /state", func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(s.State())
	})
	control.HandleFunc("PUT /zone", put(s.SetZone))
	control.HandleFunc("PUT /faults", put(s.SetFaults))
	return control
}

// put takes a whole new setting, or refuses it with one sentence.
func put[Setting interface{ Validate() error }](set func(Setting)) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		var setting Setting
		body := json.NewDecoder(http.MaxBytesReader(writer, request.Body, largestBody))
		body.DisallowUnknownFields()
		err := body.Decode(&setting)
		if err == nil {
			err = setting.Validate()
		}
		if err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		set(setting)
		writer.WriteHeader(http.StatusNoContent)
	}
}
