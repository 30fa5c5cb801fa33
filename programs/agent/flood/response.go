package flood

import (
	"bytes"
	"strconv"
)

// response reads one HTTP/1.x response as its bytes arrive. A head that arrives in one piece, the
// usual case, is parsed where it lies.
type response struct {
	phase  phase
	status int
	// persistent: the connection can serve another request after this response (RFC 9112, 9.3).
	persistent bool
	// remaining counts the body's bytes to come, or those of the current chunk and its line end.
	remaining int64
	// partial keeps an unfinished head or chunk line until the rest of it arrives.
	partial []byte
}

type phase uint8

const (
	inHead phase = iota
	inBody
	inBodyUntilEOF
	inChunkSize
	inChunk
	inTrailer
	complete
	malformed
)

const (
	longestHead = 64 << 10
	longestLine = 4 << 10
	lineEnd     = "\r\n"
)

// begin readies the parser for a new response and keeps its memory.
func (r *response) begin() {
	*r = response{partial: r.partial[:0]}
}

// feed takes the next bytes. Afterwards phase tells whether the response is complete or malformed;
// bytes beyond its end are ignored.
func (r *response) feed(data []byte, headOnly bool) {
	for len(data) > 0 {
		switch r.phase {
		case inHead:
			data = r.feedHead(data, headOnly)
		case inBody:
			if r.remaining -= int64(len(data)); r.remaining <= 0 {
				r.phase = complete
				r.persistent = r.persistent && r.remaining == 0
			}
			return
		case inBodyUntilEOF:
			return
		case inChunkSize:
			data = r.feedChunkSize(data)
		case inChunk:
			skipped := min(r.remaining, int64(len(data)))
			data = data[skipped:]
			if r.remaining -= skipped; r.remaining == 0 {
				r.phase = inChunkSize
			}
		case inTrailer:
			data = r.feedTrailer(data)
		case complete: // with bytes that nobody asked for
			r.persistent = false
			return
		case malformed:
			return
		}
	}
}

// end takes the end of the stream and tells whether the response is whole.
func (r *response) end() bool {
	if r.phase == inBodyUntilEOF {
		r.phase = complete
	}
	return r.phase == complete
}

func (r *response) feedHead(data []byte, headOnly bool) (rest []byte) {
	head, rest, whole := r.until(data, lineEnd+lineEnd, longestHead)
	if !whole {
		return nil
	}
	r.parseHead(head, headOnly)
	r.partial = r.partial[:0]
	return rest
}

func (r *response) feedChunkSize(data []byte) (rest []byte) {
	line, rest, whole := r.until(data, lineEnd, longestLine)
	if !whole {
		return nil
	}
	digits, _, _ := bytes.Cut(line, []byte(";"))
	size, valid := parseHex(bytes.TrimSpace(digits))
	r.partial = r.partial[:0]
	switch {
	case !valid:
		r.phase = malformed
	case size == 0:
		r.phase = inTrailer
	default:
		r.phase = inChunk
		r.remaining = size + int64(len(lineEnd))
	}
	return rest
}

func (r *response) feedTrailer(data []byte) (rest []byte) {
	line, rest, whole := r.until(data, lineEnd, longestLine)
	if !whole {
		return nil
	}
	if len(line) == 0 {
		r.phase = complete
	}
	r.partial = r.partial[:0]
	return rest
}

// until gives the bytes before a terminator, across as many calls as it takes. The bytes given are
// valid until partial is cut back, which is up to the caller.
func (r *response) until(data []byte, terminator string, longest int) (before, rest []byte, whole bool) {
	if len(r.partial) == 0 {
		if at := bytes.Index(data, []byte(terminator)); at >= 0 {
			return data[:at], data[at+len(terminator):], true
		}
	}
	// The terminator may have begun in what came before.
	from := max(len(r.partial)-len(terminator)+1, 0)
	known := len(r.partial)
	r.partial = append(r.partial, data...)
	if at := bytes.Index(r.partial[from:], []byte(terminator)); at >= 0 {
		at += from
		return r.partial[:at], data[at+len(terminator)-known:], true
	}
	if len(r.partial) > longest {
		r.phase = malformed
	}
	return nil, nil, false
}

var (
	contentLength    = []byte("content-length")
	transferEncoding = []byte("transfer-encoding")
	chunkedCoding    = []byte("chunked")
	connectionField  = []byte("connection")
	closeOption      = []byte("close")
)

// parseHead reads status line and framing headers and sets the phase after them (RFC 9112, 6.3).
func (r *response) parseHead(head []byte, headOnly bool) {
	line, fields := nextLine(head)
	status, valid := parseStatusLine(line)
	if !valid {
		r.phase = malformed
		return
	}
	if status < 200 {
		return // an interim response: the real one follows
	}
	r.status = status
	r.persistent = line[len(versionPrefix)] == '1'
	length, chunked := int64(-1), false
	for len(fields) > 0 {
		line, fields = nextLine(fields)
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 {
			r.phase = malformed
			return
		}
		name, value := line[:colon], bytes.TrimSpace(line[colon+1:])
		switch {
		case bytes.EqualFold(name, contentLength):
			if length, valid = parseDecimal(value); !valid {
				r.phase = malformed
				return
			}
		case bytes.EqualFold(name, transferEncoding):
			chunked = len(value) >= len(chunkedCoding) && bytes.EqualFold(value[len(value)-len(chunkedCoding):], chunkedCoding)
		case bytes.EqualFold(name, connectionField):
			r.persistent = r.persistent && !hasOption(value, closeOption)
		}
	}
	r.remaining = length
	switch {
	case headOnly || status == 204 || status == 304:
		r.phase = complete
	case chunked:
		r.phase = inChunkSize
	case length == 0:
		r.phase = complete
	case length > 0:
		r.phase = inBody
	default:
		r.phase = inBodyUntilEOF
		r.persistent = false
	}
}

// hasOption looks for an option in a comma-separated list.
func hasOption(list, option []byte) bool {
	for len(list) > 0 {
		var each []byte
		each, list, _ = bytes.Cut(list, []byte(","))
		if bytes.EqualFold(bytes.TrimSpace(each), option) {
			return true
		}
	}
	return false
}

func nextLine(text []byte) (line, rest []byte) {
	if at := bytes.Index(text, []byte(lineEnd)); at >= 0 {
		return text[:at], text[at+len(lineEnd):]
	}
	return text, nil
}

const versionPrefix = "HTTP/1."

// parseStatusLine reads "HTTP/1.x NNN reason".
func parseStatusLine(line []byte) (code int, valid bool) {
	if len(line) < len("HTTP/1.1 200") || string(line[:len(versionPrefix)]) != versionPrefix || line[8] != ' ' {
		return 0, false
	}
	for _, digit := range line[9:12] {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		code = code*10 + int(digit-'0')
	}
	return code, code >= 100 && code < 600 && (len(line) == 12 || line[12] == ' ')
}

func parseDecimal(text []byte) (int64, bool) {
	value, err := strconv.ParseUint(string(text), 10, 62) // does not allocate: the string is not kept
	return int64(value), err == nil
}

func parseHex(text []byte) (int64, bool) {
	value, err := strconv.ParseUint(string(text), 16, 61)
	return int64(value), err == nil
}
