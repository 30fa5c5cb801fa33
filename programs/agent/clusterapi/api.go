// Package clusterapi is the cluster's API as a pod reaches it, with the rights of its ServiceAccount.
package clusterapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// accountFolder is where the kubelet puts what a pod's ServiceAccount needs.
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// API is a cluster's.
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

// At is the API at an address, asked without a token.
func At(base, namespace string, client *http.Client) *API {
	return &API{Namespace: namespace, base: base, client: client}
}

// Answer is an answer other than a success.
type Answer struct {
	Status  int
	Message string
}

func (a Answer) Error() string {
	return fmt.Sprintf("the API answered HTTP %d %s", a.Status, a.Message)
}

// Do sends one request, with a JSON body if there is one; the caller closes the answer. It fails with an Answer where the
// API answers anything but a success.
func (a *API) Do(ctx context.Context, method, path string, body []byte) (io.ReadCloser, error) {
	return a.do(ctx, method, path, "application/json", body)
}

// Patch changes an object by a JSON patch (RFC 6902): all of it, or nothing where one of its tests fails.
func (a *API) Patch(ctx context.Context, path string, patch []byte) error {
	body, err := a.do(ctx, http.MethodPatch, path, "application/json-patch+json", patch)
	if err != nil {
		return err
	}
	return body.Close()
}

func (a *API) do(ctx context.Context, method, path, contentType string, body []byte) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", contentType)
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
	if response.StatusCode/100 != 2 {
		defer response.Body.Close()
		var status struct {
			Message string `json:"message"`
		}
		_ = json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&status)
		return nil, Answer{response.StatusCode, status.Message}
	}
	return response.Body, nil
}
