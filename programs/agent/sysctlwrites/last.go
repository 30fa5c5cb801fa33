package sysctlwrites

import (
	"slices"
	"strconv"
	"strings"
)

// LastOf gives who wrote a setting's value last, and how many writes of the setting there were by anybody; nil where nobody
// was seen to write that value. A write that the kernel refused, and what it did by itself, is then nobody's.
func LastOf(writes []Write, path string, namespace uint64, value string) (*Writer, int) {
	var last *Writer
	count := 0
	for _, each := range writes {
		if each.Path != path || each.Namespace != namespace {
			continue
		}
		count++
		if isSame(each.Value, value) {
			last = &each.By
		}
	}
	return last, count
}

// isSame tells whether what was written is what is read: numbers may be written in another base.
func isSame(written, read string) bool {
	return slices.EqualFunc(strings.Fields(written), strings.Fields(read), func(one, other string) bool {
		if one == other {
			return true
		}
		number, err := strconv.ParseInt(one, 0, 64)
		return err == nil && strconv.FormatInt(number, 10) == other
	})
}
