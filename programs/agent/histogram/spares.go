package histogram

// Spares keeps emptied histograms for whoever needs one next. The zero value is empty and ready.
type Spares []*Histogram

// Take gives an empty histogram.
func (s *Spares) Take() *Histogram {
	last := len(*s) - 1
	if last < 0 {
		return new(Histogram)
	}
	spare := (*s)[last]
	*s = (*s)[:last]
	return spare
}

// Give empties a histogram and keeps it.
func (s *Spares) Give(h *Histogram) {
	h.Reset()
	*s = append(*s, h)
}
