package endpoints

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"packetwalk.dev/agent/clusterapi"
)

// API gives a Service's endpoints.
type API struct{ *clusterapi.API }

// InCluster finds the API from inside a pod.
func InCluster() (*API, error) {
	api, err := clusterapi.InCluster()
	return &API{api}, err
}

// get asks for a Service's EndpointSlices; the caller closes the answer.
func (a *API) get(ctx context.Context, service string, query url.Values) (io.ReadCloser, error) {
	query.Set("labelSelector", "kubernetes.io/service-name="+service)
	path := "/apis/discovery.k8s.io/v1/namespaces/" + a.Namespace + "/endpointslices?" + query.Encode()
	return a.Do(ctx, http.MethodGet, path, nil)
}

type apiStatus struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (a *API) list(ctx context.Context, service string) (map[string]slice, string, error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	body, err := a.get(ctx, service, url.Values{})
	if err != nil {
		return nil, "", err
	}
	defer body.Close()
	var list struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
		Items []slice `json:"items"`
	}
	if err := json.NewDecoder(body).Decode(&list); err != nil {
		return nil, "", fmt.Errorf("the API's list of EndpointSlices is damaged: %w", err)
	}
	all := map[string]slice{}
	for _, each := range list.Items {
		all[each.Metadata.Name] = each
	}
	return all, list.Metadata.ResourceVersion, nil
}

const (
	requestLimit = 10 * time.Second
	// watchLength is how long the API is asked to keep a watch open. Short, since a connection that
	// died without a word is noticed only when this is over.
	watchLength = 30 * time.Second
)
