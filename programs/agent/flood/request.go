package flood

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// request renders the bytes that every request consists of. Without a Connection header, HTTP/1.1
// keeps the connection open, so that closing is up to the client.
func (s Spec) request() ([]byte, error) {
	method := orDefault(s.Method, http.MethodGet)
	path := orDefault(s.Target.Path, "/")
	host := orDefault(s.Target.Host, s.Target.Address)
	for _, part := range []string{method, path, host} {
		if strings.ContainsFunc(part, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return nil, fmt.Errorf("%q does not fit into a request's head", part)
		}
	}
	fields := map[string]string{"User-Agent": "packetwalk", "Accept": "*/*"}
	for name, value := range s.Headers {
		if err := checkField(name, value); err != nil {
			return nil, err
		}
		fields[textproto.CanonicalMIMEHeaderKey(name)] = strings.Trim(value, " \t")
	}
	if s.Body != "" || method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		fields["Content-Length"] = fmt.Sprint(len(s.Body))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&text, "%s: %s\r\n", name, fields[name])
	}
	text.WriteString(lineEnd)
	text.WriteString(s.Body)
	return []byte(text.String()), nil
}

// checkField refuses what is not a header field (RFC 9110, 5) and what is not the spec's headers' to set.
func checkField(name, value string) error {
	const punctuation = "!#$%&'*+-.^_`|~"
	isToken := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(punctuation, r)
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isToken(r) }) {
		return fmt.Errorf("headers: %q is not the name of a header", name)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("headers: the value of %s is more than one line", name)
	}
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Host":
		return errors.New("headers: Host is set by target.host")
	case "Content-Length", "Transfer-Encoding", "Expect":
		return fmt.Errorf("headers: %s follows from the body", name)
	}
	return nil
}
