package histogram

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// TestLayoutIsHDRs compares with the library's own recording, over the whole range.
func TestLayoutIsHDRs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	theirs := hdrhistogram.New(lowestUs, highestUs, significantDigits)
	var ours, merged Histogram
	for range 20_000 {
		us := random.Int64N(1 << random.IntN(28))
		if us > highestUs {
			continue
		}
		if err := theirs.RecordValue(us); err != nil {
			t.Fatal(err)
		}
		ours.Record(time.Duration(us) * time.Microsecond)
	}
	merged.MergeCompact(ours.Compact())
	for name, each := range map[string]*Histogram{"recorded": &ours, "compacted": &merged} {
		if !each.hdr().Equals(theirs) || each.Total() != theirs.TotalCount() {
			t.Errorf("the %s histogram is not the library's", name)
		}
	}
	compressed, err := ours.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, encoded := range map[string]string{"compressed": compressed, "plain": ours.EncodePlain()} {
		decoded, err := Decode(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if !decoded.Equals(theirs) {
			t.Errorf("the %s histogram decodes to another one", name)
		}
	}
	merged.Merge(&ours)
	if merged.Total() != 2*ours.Total() || merged.hdr().ValueAtQuantile(99) != theirs.ValueAtQuantile(99) {
		t.Error("a histogram merged with its equal has other quantiles")
	}
}

func TestRangeEnds(t *testing.T) {
	var h Histogram
	if h.EncodePlain() != "" || h.QuantileMs(0.5) != nil {
		t.Error("an empty histogram has content")
	}
	h.Record(-time.Second)
	h.Record(time.Hour)
	if low, high := h.hdr().Min(), h.hdr().Max(); low != 0 || high < highestUs-1<<doublings || h.Total() != 2 {
		t.Errorf("min %d, max %d, total %d", low, high, h.Total())
	}
	h.Reset()
	if h.Total() != 0 || h.Compact() != nil {
		t.Error("a reset histogram is not empty")
	}
}

func TestGrowth(t *testing.T) {
	var h, before, grown Histogram
	h.Record(time.Millisecond)
	for _, want := range []int64{1, 2, 0} {
		grown.Reset()
		grown.MergeCompact(h.Growth(&before))
		if grown.Total() != want || before.Total() != h.Total() {
			t.Errorf("%d grown, want %d; it remembers %d of %d", grown.Total(), want, before.Total(), h.Total())
		}
		if want == 1 {
			h.Record(time.Millisecond)
			h.Record(time.Second)
		}
	}
}
