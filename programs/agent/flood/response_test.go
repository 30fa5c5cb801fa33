package flood

import (
	"strings"
	"testing"
)

func TestResponses(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, each := range []struct {
		text   string
		status int
		phase  phase // at the end of the stream
	}{
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, complete},
		{"HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nabcIGNORED", 200, complete},
		{"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, complete},
		{"HTTP/1.1 204 No Content\r\n\r\n", 204, complete},
		{"HTTP/1.1 200 OK\r\n\r\nabc", 200, complete},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 1\r\n\r\n!", 503, complete},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n", 200, complete},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n1388\r\n" + long + "\r\n0\r\n\r\n", 200, complete},
		{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", 200, inBody},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 200, inChunkSize},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", 200, inTrailer},
		{"HTTP/1.1 200 OK\r\nContent-Le", 0, inHead},
		{"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", 200, malformed},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 200, malformed},
		{"HTTP/1.1 200 OK\r\nno header\r\n\r\n", 200, malformed},
		{"HTTP/1.1 20 OK\r\n\r\n", 0, malformed},
		{"HTTP/1.x 200 OK\r\n\r\n", 0, malformed},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\nabc", 200, complete},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 200, malformed},
		{"HTTP/1.1 200 OK\r\nX: y\nContent-Length: 3\r\n\r\nabc", 200, malformed},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n 4\r\n\r\nabc", 200, malformed},
		{"HTTP/1.1 100 Continue\r\nX: y\n\nHTTP/1.1 500 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 0, malformed},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde0\r\n\r\n", 200, malformed},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: 1\n\r\n", 200, malformed},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: unchunked\r\nContent-Length: 1\r\n\r\nabc", 200, complete},
		{"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 200, complete},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + long + "\r\n", 200, malformed},
		{"HTTP/2 200\r\n\r\n", 0, malformed},
		{"\r\n\r\n", 0, malformed},
		{"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", longestHead) + "\r\n", 0, malformed},
	} {
		name := each.text[:min(len(each.text), 70)]
		for _, piece := range []int{len(each.text), 1, 2, 3, 7} {
			if piece < 7 && len(each.text) > longestHead {
				continue
			}
			var r response
			r.begin()
			for rest := each.text; rest != ""; {
				next := min(piece, len(rest))
				r.feed([]byte(rest[:next]), false)
				rest = rest[next:]
			}
			whole := r.end()
			if r.phase != each.phase || r.status != each.status || whole != (each.phase == complete) {
				t.Errorf("%q in pieces of %d: phase %d, status %d, whole %v", name, piece, r.phase, r.status, whole)
			}
		}
	}
}

func TestHeadOnlyResponsesHaveNoBody(t *testing.T) {
	var r response
	r.begin()
	r.feed([]byte("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"), true)
	if r.phase != complete {
		t.Errorf("phase %d", r.phase)
	}
}
