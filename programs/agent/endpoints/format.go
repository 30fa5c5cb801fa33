package endpoints

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Format turns a set into a proxy's configuration file.
type Format func(Set) ([]byte, error)

// NGINX gives the server lines of an upstream block. A server that fails stays in the round: it is
// the endpoints that decide, as in ingress-nginx, which does without max_fails too. An upstream
// block may not be empty: without endpoints it gets the one address given here.
func NGINX(whenEmpty string) Format {
	return func(set Set) ([]byte, error) {
		var text strings.Builder
		for _, each := range set {
			fmt.Fprintf(&text, "server %s max_fails=0;\n", each)
		}
		if len(set) == 0 {
			fmt.Fprintf(&text, "server %s;\n", whenEmpty)
		}
		return []byte(text.String()), nil
	}
}

// EnvoyEDS gives the DiscoveryResponse that Envoy reads from a file as its endpoint discovery
// service (envoy.config.core.v3.PathConfigSource); its cluster's service_name is the Service's name.
func EnvoyEDS(service string) Format {
	type m = map[string]any
	version := 0
	return func(set Set) ([]byte, error) {
		version++
		lead := make([]m, len(set))
		for i, each := range set {
			socket := m{"address": each.Addr().String(), "port_value": each.Port()}
			lead[i] = m{"endpoint": m{"address": m{"socket_address": socket}}}
		}
		return json.Marshal(m{
			"version_info": strconv.Itoa(version),
			"resources": []m{{
				"@type":        "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
				"cluster_name": service,
				"endpoints":    []m{{"lb_endpoints": lead}},
			}},
		})
	}
}
