package endpoints

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// accountFolder is where the kubelet puts what a pod's ServiceAccount needs.
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// API is the cluster's API as a pod reaches it, with the rights of its ServiceAccount.
type API struct {
	Namespace string // of the pod
	base      string
	tokenFile string // read for every request: the kubelet renews it
	client    *http.Client
}

// InCluster finds the API from inside a pod.
func InCluster() (*API, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	namespace, err := os.ReadFile(filepath.Join(accountFolder, "namespace"))
	if host == "" || port == "" || err != nil {
		return nil, errors.New("this is not a pod with a ServiceAccount: the cluster's API can't be found")
	}
	certificates, err := os.ReadFile(filepath.Join(accountFolder, "ca.crt"))
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(certificates) {
		return nil, errors.New("the ServiceAccount's ca.crt holds no certificate")
	}
	return &API{
		Namespace: strings.TrimSpace(string(namespace)),
		base:      "https://" + net.JoinHostPort(host, port),
		tokenFile: filepath.Join(accountFolder, "token"),
		client:    &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}},
	}, nil
}

// get asks for a Service's EndpointSlices; the caller closes the answer.
func (a *API) get(ctx context.Context, service string, query url.Values) (io.ReadCloser, error) {
	query.Set("labelSelector", "kubernetes.io/service-name="+service)
	address := a.base + "/apis/discovery.k8s.io/v1/namespaces/" + a.Namespace + "/endpointslices?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if a.tokenFile != "" {
		token, err := os.ReadFile(a.tokenFile)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		var status apiStatus
		_ = json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&status)
		return nil, fmt.Errorf("the API answered HTTP %d %s", response.StatusCode, status.Message)
	}
	return response.Body, nil
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
