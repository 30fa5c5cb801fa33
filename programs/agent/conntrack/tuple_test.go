package conntrack

import (
	"bytes"
	"testing"
)

func TestAnOverwrittenRequestIsAnEncodedOne(t *testing.T) {
	some := tuple{source: 1<<24 | 2, destination: 3<<24 | 4, sourcePort: 5<<8 | 6, destinationPort: 7<<8 | 8}
	want, err := newEntry(entries(1, ours), some, some.reversed())
	if err != nil {
		t.Fatal(err)
	}
	got, err := newEntry(entries(1, ours), tuple{}, tuple{})
	if err != nil {
		t.Fatal(err)
	}
	overwrite(got, some)
	if !bytes.Equal(got.Data, want.Data) {
		t.Errorf("%x\nis not\n%x", got.Data, want.Data)
	}
}
