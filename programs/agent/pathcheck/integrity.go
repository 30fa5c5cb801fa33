package pathcheck

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Integrity says what became of payloads whose digests are compared end to end.
type Integrity struct {
	Datagrams int `json:"datagrams"` // sent, each to be echoed
	Whole     int `json:"whole"`     // came and went without a change
	// CorruptedThere came to the server with another digest, CorruptedBack came back otherwise than the server had it.
	CorruptedThere int `json:"corruptedThere"`
	CorruptedBack  int `json:"corruptedBack"`
	Lost           int `json:"lost"` // no answer in time
	// StreamBytes went over one TCP connection; StreamSame says whether their digest at the server was ours. Nil: the stream
	// did not come to its end, and StreamTrouble says why.
	StreamBytes   int64  `json:"streamBytes"`
	StreamSame    *bool  `json:"streamSame"`
	StreamTrouble string `json:"streamTrouble"`
}

// window is how many datagrams are under way: fewer than any queue holds.
const window = 8

// CheckIntegrity sends datagrams of one size (of their IP packet), and a stream.
func CheckIntegrity(server *net.UDPAddr, size, datagrams int, streamBytes int64) (Integrity, error) {
	result := Integrity{Datagrams: datagrams, StreamBytes: streamBytes}
	if err := result.echo(server, size); err != nil {
		return result, err
	}
	same, err := sameStream(server, streamBytes)
	if err != nil {
		result.StreamTrouble = err.Error()
		return result, nil
	}
	result.StreamSame = &same
	return result, nil
}

func (r *Integrity) echo(server *net.UDPAddr, size int) error {
	conn, err := net.DialUDP("udp4", nil, server)
	if err != nil {
		return err
	}
	defer conn.Close()
	source := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	// Its echo carries a digest more, and is to be no larger.
	length := size - overhead - sha256.Size
	answer := make([]byte, largest)
	for sent := 0; sent < r.Datagrams; {
		batch := map[uint64][]byte{}
		for ; len(batch) < window && sent < r.Datagrams; sent++ {
			packet := make([]byte, length)
			fill(source, packet)
			packet[0] = askEcho
			binary.BigEndian.PutUint64(packet[1:], uint64(sent))
			batch[uint64(sent)] = packet
			if _, err := conn.Write(packet); err != nil {
				return fmt.Errorf("a datagram of %d bytes can't be sent: %w", size, err)
			}
		}
		if err := r.collect(conn, batch, answer); err != nil {
			return err
		}
	}
	return nil
}

func (r *Integrity) collect(conn *net.UDPConn, batch map[uint64][]byte, answer []byte) error {
	if err := conn.SetReadDeadline(time.Now().Add(2 * patience)); err != nil {
		return err
	}
	for len(batch) > 0 {
		length, err := conn.Read(answer)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			r.Lost += len(batch)
			return nil
		}
		if errors.Is(err, unix.ECONNREFUSED) {
			continue
		}
		if err != nil {
			return err
		}
		r.judge(batch, answer[:length])
	}
	return nil
}

// judge finds the datagram that an answer belongs to. One whose number itself is damaged belongs to none, and is told as
// lost by its datagram; that it came damaged shows in that no other has its number.
func (r *Integrity) judge(batch map[uint64][]byte, answer []byte) {
	if len(answer) < answerHeader {
		return
	}
	number := binary.BigEndian.Uint64(answer[1:])
	sent, known := batch[number]
	if !known {
		return
	}
	delete(batch, number)
	sum := sha256.Sum256(sent)
	switch {
	case !bytes.Equal(answer[header:answerHeader], sum[:]):
		r.CorruptedThere++
	case !bytes.Equal(answer[answerHeader:], sent[header:]):
		r.CorruptedBack++
	default:
		r.Whole++
	}
}

func sameStream(server *net.UDPAddr, count int64) (bool, error) {
	conn, err := dial(server)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return false, err
	}
	if _, err := conn.Write([]byte{digest}); err != nil {
		return false, err
	}
	source := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	buffer := make([]byte, chunk)
	sum := sha256.New()
	for left := count; left > 0; {
		part := buffer[:min(left, chunk)]
		fill(source, part)
		sum.Write(part)
		if _, err := conn.Write(part); err != nil {
			return false, err
		}
		left -= int64(len(part))
	}
	if err := conn.CloseWrite(); err != nil {
		return false, err
	}
	answer := make([]byte, 8+sha256.Size)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return false, fmt.Errorf("the stream's digest did not come: %w", err)
	}
	return binary.BigEndian.Uint64(answer) == uint64(count) && bytes.Equal(answer[8:], sum.Sum(nil)), nil
}

func fill(source *rand.Rand, into []byte) {
	for at := 0; at < len(into); at += 8 {
		var word [8]byte
		binary.NativeEndian.PutUint64(word[:], source.Uint64())
		copy(into[at:], word[:])
	}
}
