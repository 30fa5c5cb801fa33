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
	// remaining counts the body's bytes to come, or those of the current chunk.
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
	inChunkEnd
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
				r.phase = inChunkEnd
			}
		case inChunkEnd:
			data = r.feedChunkEnd(data)
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
	size, valid := parseHex(bytes.TrimRight(digits, blanks))
	r.partial = r.partial[:0]
	switch {
	case !valid:
		r.phase = malformed
	case size == 0:
		r.phase = inTrailer
	default:
		r.phase = inChunk
		r.remaining = size
	}
	return rest
}

// feedChunkEnd takes the empty rest of a line after a chunk's bytes.
func (r *response) feedChunkEnd(data []byte) (rest []byte) {
	_, rest, whole := r.until(data, lineEnd, 0)
	if !whole {
		return nil
	}
	r.phase = inChunkSize
	r.partial = r.partial[:0]
	return rest
}

func (r *response) feedTrailer(data []byte) (rest []byte) {
	line, rest, whole := r.until(data, lineEnd, longestLine)
	if !whole {
		return nil
	}
	switch {
	case len(line) == 0:
		r.phase = complete
	case bytes.IndexByte(line, '\n') >= 0:
		r.phase = malformed
	}
	r.partial = r.partial[:0]
	return rest
}

// until gives the bytes before a terminator, across as many calls as it takes; more than the
// longest are malformed. The bytes given are valid until partial is cut back, which is up to the
// caller.
func (r *response) until(data []byte, terminator string, longest int) (before, rest []byte, whole bool) {
	known := len(r.partial)
	text := data
	if known > 0 {
		r.partial = append(r.partial, data...)
		text = r.partial
	}
	// The terminator may have begun in what came before.
	from := max(known-len(terminator)+1, 0)
	at := bytes.Index(text[from:], []byte(terminator))
	if at >= 0 {
		at += from
	}
	switch {
	case at > longest, at < 0 && len(text) >= longest+len(terminator):
		r.phase = malformed
	case at >= 0:
		return text[:at], data[at+len(terminator)-known:], true
	case known == 0:
		r.partial = append(r.partial, data...)
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
	r.phase = malformed // until it has proved well-formed
	line, fields, valid := nextLine(head)
	if !valid {
		return
	}
	version, status, valid := parseStatusLine(line)
	if !valid {
		return
	}
	if status >= 200 {
		r.status = status
	}
	persistent := version == '1'
	length, coded, chunked := int64(-1), false, false
	for len(fields) > 0 {
		line, fields, valid = nextLine(fields)
		colon := bytes.IndexByte(line, ':')
		if !valid || colon <= 0 || isBlank(line[0]) { // a blank would continue the line before
			return
		}
		name, value := line[:colon], bytes.Trim(line[colon+1:], blanks)
		switch {
		case bytes.EqualFold(name, contentLength):
			before := length
			if length, valid = parseDecimal(value); !valid || before >= 0 && before != length {
				return
			}
		case bytes.EqualFold(name, transferEncoding):
			coded, chunked = true, bytes.EqualFold(lastOption(value), chunkedCoding)
		case bytes.EqualFold(name, connectionField):
			persistent = persistent && !hasOption(value, closeOption)
		}
	}
	if status < 200 { // an interim response: the real one follows
		r.phase = inHead
		return
	}
	if version == '0' && coded { // which HTTP/1.0 does not know
		coded, chunked = false, false
	}
	r.persistent, r.remaining = persistent, length
	switch {
	case headOnly || status == 204 || status == 304:
		r.phase = complete
	case chunked:
		r.phase = inChunkSize
	case coded || length < 0:
		r.phase = inBodyUntilEOF
		r.persistent = false
	case length == 0:
		r.phase = complete
	default:
		r.phase = inBody
	}
}

// hasOption looks for an option in a comma-separated list.
func hasOption(list, option []byte) bool {
	for len(list) > 0 {
		var each []byte
		each, list, _ = bytes.Cut(list, []byte(","))
		if bytes.EqualFold(bytes.Trim(each, blanks), option) {
			return true
		}
	}
	return false
}

func lastOption(list []byte) []byte {
	return bytes.Trim(list[bytes.LastIndexByte(list, ',')+1:], blanks)
}

// nextLine refuses a line that ends without a carriage return: whoever takes a head with such lines
// must look for its end differently (RFC 9112, 2.2).
func nextLine(text []byte) (line, rest []byte, valid bool) {
	at := bytes.IndexByte(text, '\n')
	switch {
	case at < 0:
		return text, nil, true
	case at == 0 || text[at-1] != '\r':
		return nil, nil, false
	}
	return text[:at-1], text[at+1:], true
}

const versionPrefix = "HTTP/1."

// parseStatusLine reads "HTTP/1.x NNN reason".
func parseStatusLine(line []byte) (version byte, code int, valid bool) {
	if len(line) < len("HTTP/1.1 200") || string(line[:len(versionPrefix)]) != versionPrefix || line[8] != ' ' {
		return 0, 0, false
	}
	for _, digit := range line[9:12] {
		if !isDigit(digit) {
			return 0, 0, false
		}
		code = code*10 + int(digit-'0')
	}
	version = line[len(versionPrefix)]
	return version, code, isDigit(version) && code >= 100 && code < 600 && (len(line) == 12 || line[12] == ' ')
}

func isDigit(char byte) bool { return char >= '0' && char <= '9' }

const blanks = " \t"

func isBlank(char byte) bool { return char == ' ' || char == '\t' }

func parseDecimal(text []byte) (int64, bool) {
	value, err := strconv.ParseUint(string(text), 10, 63) // does not allocate: the string is not kept
	return int64(value), err == nil
}

func parseHex(text []byte) (int64, bool) {
	value, err := strconv.ParseUint(string(text), 16, 63)
	return int64(value), err == nil
}
