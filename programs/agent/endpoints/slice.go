// Package endpoints keeps a proxy's list of upstreams in step with a Service's EndpointSlices, as
// ingress controllers and the control planes of service meshes do.
package endpoints

import (
	"fmt"
	"net/netip"
	"slices"
)

// slice is what matters here of a discovery.k8s.io/v1 EndpointSlice.
type slice struct {
	Metadata struct {
		Name            string `json:"name"`
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
	Endpoints []struct {
		Addresses  []string `json:"addresses"`
		Conditions struct {
			Ready *bool `json:"ready"`
		} `json:"conditions"`
	} `json:"endpoints"`
	Ports []struct {
		Protocol string `json:"protocol"`
		Port     uint16 `json:"port"`
	} `json:"ports"`
}

// Set is the addresses that a proxy may lead to, in order, each once.
type Set []netip.AddrPort

// readySet takes the ready endpoints of all TCP ports, as ingress-nginx does: one whose readiness
// is not known counts as ready (discovery/v1, EndpointConditions), and one that terminates never is.
func readySet(all map[string]slice) (Set, error) {
	set := Set{}
	for _, each := range all {
		for _, endpoint := range each.Endpoints {
			if endpoint.Conditions.Ready != nil && !*endpoint.Conditions.Ready || len(endpoint.Addresses) == 0 {
				continue
			}
			// Consumers use the first address only; the API says that the others may go.
			address, err := netip.ParseAddr(endpoint.Addresses[0])
			if err != nil {
				return nil, fmt.Errorf("EndpointSlice %s has the address %q, which is not an IP address", each.Metadata.Name, endpoint.Addresses[0])
			}
			for _, port := range each.Ports {
				if port.Protocol == "" || port.Protocol == "TCP" {
					set = append(set, netip.AddrPortFrom(address, port.Port))
				}
			}
		}
	}
	slices.SortFunc(set, netip.AddrPort.Compare)
	return slices.Compact(set), nil
}
