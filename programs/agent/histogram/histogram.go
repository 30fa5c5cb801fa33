// Package histogram records latencies in the layout of HDR histograms: 3 significant digits, from
// 1 µs to 134 s. Recording is a shift and an increment, cheap enough for a load generator's inner
// loop; everything else is left to the HdrHistogram library.
package histogram

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	lowestUs          = 1
	highestUs         = 1<<(subBucketBits+doublings) - 1
	significantDigits = 3
	// 3 digits need 2048 sub-buckets of one unit; from there on, each doubling of the range adds
	// the upper half of them at twice the width.
	subBucketBits = 11
	doublings     = 16
	countsLength  = (doublings + 2) << (subBucketBits - 1)
)

// Histogram counts durations. The zero value is empty and ready.
type Histogram struct {
	counts [countsLength]int64
	total  int64
}

// Record counts one duration, in whole µs; what is out of range counts as the range's end.
func (h *Histogram) Record(value time.Duration) {
	h.counts[bucketOf(min(max(int64(value/time.Microsecond), 0), highestUs))]++
	h.total++
}

func bucketOf(us int64) int {
	doubling := max(bits.Len64(uint64(us))-subBucketBits, 0)
	return doubling<<(subBucketBits-1) + int(us>>doubling)
}

// Total is how many durations were recorded.
func (h *Histogram) Total() int64 { return h.total }

// Reset empties the histogram.
func (h *Histogram) Reset() { *h = Histogram{} }

// Merge adds another histogram's counts.
func (h *Histogram) Merge(other *Histogram) {
	for i, count := range other.counts {
		h.counts[i] += count
	}
	h.total += other.total
}

// Bucket is a non-empty bucket of a compact histogram.
type Bucket struct {
	index int32
	count int32
}

// Compact gives the non-empty buckets: far less memory where few durations were recorded.
func (h *Histogram) Compact() []Bucket {
	if h.total == 0 {
		return nil
	}
	used := 0
	for _, count := range h.counts {
		if count != 0 {
			used++
		}
	}
	buckets := make([]Bucket, 0, used)
	for i, count := range h.counts {
		if count != 0 {
			buckets = append(buckets, Bucket{index: int32(i), count: int32(count)})
		}
	}
	return buckets
}

// Growth gives the non-empty buckets of what was recorded since before was a copy of it, and makes it one again.
func (h *Histogram) Growth(before *Histogram) []Bucket {
	if h.total == before.total {
		return nil
	}
	var buckets []Bucket
	for i, count := range h.counts {
		if grown := count - before.counts[i]; grown != 0 {
			buckets = append(buckets, Bucket{index: int32(i), count: int32(grown)})
		}
	}
	*before = *h
	return buckets
}

// MergeCompact adds the counts of a compact histogram.
func (h *Histogram) MergeCompact(buckets []Bucket) {
	for _, each := range buckets {
		h.counts[each.index] += int64(each.count)
		h.total += int64(each.count)
	}
}

// hdr hands the counts over to the library, whose layout is the same.
func (h *Histogram) hdr() *hdrhistogram.Histogram {
	return hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue:           lowestUs,
		HighestTrackableValue:          highestUs,
		SignificantFigures:             significantDigits,
		Counts:                         h.counts[:],
		IntegerToDoubleConversionRatio: 1,
	})
}

// Encode gives the HDR histogram in the V2 compressed format, in base64, in µs.
func (h *Histogram) Encode() (string, error) {
	encoded, err := h.hdr().Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "", fmt.Errorf("cannot encode a histogram: %w", err)
	}
	return string(encoded), nil
}

// QuantileMs gives a quantile (0…1) in ms, or nil if nothing was recorded.
func (h *Histogram) QuantileMs(quantile float64) *float64 {
	if h.total == 0 {
		return nil
	}
	ms := float64(h.hdr().ValueAtQuantile(quantile*100)) / 1000
	return &ms
}
