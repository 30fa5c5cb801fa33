package signals

import (
	"encoding/binary"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// dataPages is the size of a buffer: a power of two, room for about 1 000 records.
const dataPages = 16

// buffer is one CPU's ring of perf events (perf_event_open(2)).
type buffer struct {
	fd      int
	mapping []byte
	page    *unix.PerfEventMmapPage
	data    []byte
	record  []byte // the record being read, in one piece
}

func openBuffer(tracepoint uint64, cpu int, filter string) (*buffer, error) {
	attributes := unix.PerfEventAttr{
		Type:        unix.PERF_TYPE_TRACEPOINT,
		Size:        uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Config:      tracepoint,
		Sample:      1,
		Sample_type: unix.PERF_SAMPLE_TIME | unix.PERF_SAMPLE_RAW,
		Bits:        unix.PerfBitDisabled | unix.PerfBitUseClockID,
		Wakeup:      1,
		Clockid:     unix.CLOCK_MONOTONIC,
	}
	fd, err := unix.PerfEventOpen(&attributes, -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	pageBytes := os.Getpagesize()
	mapping, err := unix.Mmap(fd, 0, (1+dataPages)*pageBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	b := &buffer{
		fd:      fd,
		mapping: mapping,
		page:    (*unix.PerfEventMmapPage)(unsafe.Pointer(&mapping[0])),
		data:    mapping[pageBytes:],
	}
	text := append([]byte(filter), 0)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.PERF_EVENT_IOC_SET_FILTER, uintptr(unsafe.Pointer(&text[0]))); errno != 0 {
		b.close()
		return nil, errno
	}
	if err := unix.IoctlSetInt(fd, unix.PERF_EVENT_IOC_ENABLE, 0); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *buffer) close() {
	_ = unix.Munmap(b.mapping)
	unix.Close(b.fd)
}

// drain reads all records that are there.
func (b *buffer) drain(onSample func(timeNs uint64, raw []byte), onLost func(count uint64)) {
	const (
		headerBytes = 8  // struct perf_event_header: type u32, misc u16, size u16
		rawAt       = 20 // after time u64 and the raw data's size u32
	)
	head := atomic.LoadUint64(&b.page.Data_head)
	tail := b.page.Data_tail
	for tail+headerBytes <= head {
		header := b.read(tail, headerBytes)
		kind, size := binary.NativeEndian.Uint32(header), uint64(binary.NativeEndian.Uint16(header[6:]))
		if size < headerBytes || tail+size > head {
			break
		}
		record := b.read(tail, size)
		switch {
		case kind == unix.PERF_RECORD_SAMPLE && size >= rawAt:
			onSample(binary.NativeEndian.Uint64(record[headerBytes:]), record[rawAt:])
		case kind == unix.PERF_RECORD_LOST && size >= 24: // id u64, lost u64
			onLost(binary.NativeEndian.Uint64(record[16:]))
		}
		tail += size
	}
	atomic.StoreUint64(&b.page.Data_tail, tail)
}

// read copies what may run over the end of the ring.
func (b *buffer) read(at, size uint64) []byte {
	b.record = b.record[:0]
	start := at % uint64(len(b.data))
	first := min(size, uint64(len(b.data))-start)
	b.record = append(b.record, b.data[start:start+first]...)
	b.record = append(b.record, b.data[:size-first]...)
	return b.record
}
