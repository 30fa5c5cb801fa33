package histogram

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// What the V2 format is made of (HdrHistogram's EncodableHistogram), where the library does not go.
const (
	v2Cookie    = uint32(hdrhistogram.V2EncodingCookieBase) | 0x10 // the low byte's upper half: words of 8 bytes
	headerBytes = 40
)

// EncodePlain gives the histogram in the V2 format without compression, in base64, in µs; nothing
// of an empty one. For histograms of few values: reading a thousand workers' time slices then
// takes a tenth of the time, and they take little more room. The library only compresses.
func (h *Histogram) EncodePlain() string {
	if h.total == 0 {
		return ""
	}
	data := make([]byte, headerBytes, 1024)
	empty := int64(0)
	for _, count := range h.counts {
		if count == 0 {
			empty++
			continue
		}
		if empty > 0 {
			data = binary.AppendVarint(data, -empty) // zigzag LEB128, as the format's
			empty = 0
		}
		data = binary.AppendVarint(data, count)
	}
	header := binary.BigEndian
	header.PutUint32(data[0:], v2Cookie)
	header.PutUint32(data[4:], uint32(len(data)-headerBytes))
	header.PutUint32(data[12:], significantDigits)
	header.PutUint64(data[16:], lowestUs)
	header.PutUint64(data[24:], highestUs)
	header.PutUint64(data[32:], math.Float64bits(1))
	return base64.StdEncoding.EncodeToString(data)
}

// Decode reads a histogram that Encode or EncodePlain gave; an empty text is an empty histogram.
func Decode(encoded string) (*hdrhistogram.Histogram, error) {
	if encoded == "" {
		return hdrhistogram.New(lowestUs, highestUs, significantDigits), nil
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	if len(data) < 4 || binary.BigEndian.Uint32(data) != v2Cookie {
		return hdrhistogram.Decode([]byte(encoded))
	}
	// The library reads compressed histograms only.
	var stream bytes.Buffer
	writer := zlib.NewWriter(&stream)
	if _, err := writer.Write(data); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(hdrhistogram.V2CompressedEncodingCookieBase)|0x10)
	header = binary.BigEndian.AppendUint32(header, uint32(stream.Len()))
	return hdrhistogram.Decode([]byte(base64.StdEncoding.EncodeToString(append(header, stream.Bytes()...))))
}
