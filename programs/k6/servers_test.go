package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// saying reads the request, answers with the text and closes.
func saying(text string) func(*net.TCPConn) {
	return func(connection *net.TCPConn) {
		_, _ = connection.Read(make([]byte, 4096))
		_, _ = io.WriteString(connection, text)
	}
}

// aborting closes with an RST.
func aborting(connection *net.TCPConn) {
	_, _ = connection.Read(make([]byte, 1))
	_ = connection.SetLinger(0)
}

func answeringStatus(t *testing.T, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		response.WriteHeader(status)
		_, _ = io.WriteString(response, strconv.Itoa(status))
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// selfSigned serves TLS with a certificate that nobody trusts.
func selfSigned(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
