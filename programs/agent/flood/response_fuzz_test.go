package flood

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"testing"
)

// FuzzResponse holds the parser against net/http's, on any bytes and in any pieces.
//
// Of a response whose framing both accept, they must find the same status, the same end (and so the
// same body), and agree on whether it is whole at the end of the stream. A connection that net/http
// would close must not be kept. They may differ in what they accept.
//
// net/http refuses, and the parser lets pass, what says nothing about framing: strange characters in
// the names and values of fields, transfer codings besides chunked (RFC 9112, 6.3 says where such a
// body ends), a Trailer field that announces framing fields, large overheads of chunks.
//
// The parser refuses, and net/http lets pass:
//   - versions other than 1.x, a status beyond 100 to 599, more than one space before it;
//   - lines that end in a bare line feed, and fields over several lines (RFC 9112, 2.2 and 5.2 let a
//     recipient refuse both): a client that counts outcomes need not guess what was meant;
//   - heads over longestHead, lines over longestLine.
//
// An interim response (1xx) is the parser's to skip; net/http's caller must.
func FuzzResponse(f *testing.F) {
	for _, each := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
		"HTTP/1.1 200\r\ncontent-length:0\r\nConnection: x, close\r\n\r\n",
		"HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\n\r\nuntil the end",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 8\r\n\r\n0\r\n\r\nabc",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n+1\r\na\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 4611686018427387904\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
		"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 1\r\n\r\n!",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/0.1 503 Busy\r\nContent-Length: 1\r\n\r\n!",
		"HTTP/1.1 103 Early\r\nX: y\n\nHTTP/1.1 500 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 1\r\n\r\n3 \r\nabc\r\n00\r\n\r\nmore",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nTrailer: 1\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: unchunked\r\nContent-Length: 1\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"HTTP/1.1 200 OK\r\nX: y\nContent-Length: 3\r\n\r\nabcd",
		"HTTP/1.1 200 OK\r\nContent-Length:\r\n 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\n\nabc\r\n\r\n",
	} {
		for _, pieces := range [][]byte{nil, {1}, {3, 7}} {
			f.Add([]byte(each), pieces, false)
		}
		f.Add([]byte(each), []byte{2}, true)
	}
	f.Fuzz(compare)
}

// compare fails the test where the parsers differ beyond what FuzzResponse allows them.
func compare(t *testing.T, data, pieces []byte, headOnly bool) {
	ours := parse(data, pieces, headOnly)
	if inOne := parse(data, nil, headOnly); ours != inOne {
		t.Fatalf("%q in pieces of %d is %+v, but in one %+v", data, pieces, ours, inOne)
	}
	theirs := read(data, headOnly)
	switch {
	case !theirs.accepted:
	case !ours.accepted:
		if theirs.whole && !mayRefuse(data, theirs) {
			t.Fatalf("%q is refused, which is %+v", data, theirs)
		}
	case ours.status != theirs.status || ours.whole != theirs.whole || ours.end != theirs.end:
		t.Fatalf("%q is %+v, not %+v", data, ours, theirs)
	case ours.kept && !theirs.kept:
		t.Fatalf("after %q the connection is kept", data)
	}
}

// verdict is what a parser makes of a stream.
type verdict struct {
	accepted bool // a head, and whatever came of the body
	status   int
	whole    bool
	end      int  // of the response in the stream
	kept     bool // the connection, for another request
}

// parse feeds the parser pieces of the given lengths, by turns.
func parse(data, pieces []byte, headOnly bool) verdict {
	var r response
	r.begin()
	end := 0
	for i, rest := 0, data; len(rest) > 0; i++ {
		next := len(rest)
		if len(pieces) > 0 {
			next = min(next, 1+int(pieces[i%len(pieces)]))
		}
		r.feed(rest[:next], headOnly)
		rest = rest[next:]
	}
	whole := r.end()
	accepted := r.status != 0 && r.phase != malformed
	if !accepted {
		return verdict{}
	}
	if end = len(data); whole {
		end = endOf(data, headOnly)
	}
	return verdict{true, r.status, whole, end, whole && r.persistent}
}

// endOf finds after how many bytes a whole response is complete.
func endOf(data []byte, headOnly bool) int {
	var r response
	r.begin()
	for i := range data {
		if r.feed(data[i:i+1], headOnly); r.phase == complete {
			return i + 1
		}
	}
	return len(data)
}

// read is net/http's verdict.
func read(data []byte, headOnly bool) verdict {
	stream := bytes.NewReader(data)
	buffered := bufio.NewReader(stream)
	request := &http.Request{Method: http.MethodGet}
	if headOnly {
		request.Method = http.MethodHead
	}
	for {
		answer, err := http.ReadResponse(buffered, request)
		if err != nil || answer.ProtoMajor != 1 {
			return verdict{}
		}
		if answer.StatusCode >= 100 && answer.StatusCode < 200 {
			continue
		}
		_, err = io.Copy(io.Discard, answer.Body)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return verdict{}
		}
		end := len(data) - stream.Len() - buffered.Buffered()
		return verdict{true, answer.StatusCode, err == nil, end, err == nil && !answer.Close && end == len(data)}
	}
}

var (
	bareOrFolded = regexp.MustCompile(`(^|[^\r])\n|\n[ \t]`)
	twoSpaces    = []byte("  ")
)

// mayRefuse tells whether there may be a reason to refuse what net/http takes for a whole response.
// It looks at the body too, and so finds too many rather than too few.
func mayRefuse(data []byte, theirs verdict) bool {
	return theirs.status < 200 || theirs.status > 599 || bytes.Contains(data, twoSpaces) ||
		bareOrFolded.Match(data) || len(data) > longestLine
}
