package snap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals/snap"
)

func write(t require.TestingT, f func(*snap.Writer)) []byte {
	var out bytes.Buffer
	w := snap.NewWriter(&out)
	f(w)
	require.NoError(t, w.Close())
	require.Equal(t, int64(out.Len()), w.Size())
	return out.Bytes()
}

func read(data []byte) *snap.Reader {
	return snap.NewReader(bytes.NewReader(data), int64(len(data)))
}

// pair is one way to write a value and the check of what is read back.
type pair struct {
	write func(*snap.Writer)
	check func(require.TestingT, *snap.Reader)
}

func of[T any](v T, write func(*snap.Writer, T), read func(*snap.Reader) T) pair {
	return pair{func(w *snap.Writer) { write(w, v) }, func(t require.TestingT, r *snap.Reader) { require.Equal(t, v, read(r)) }}
}

func genPair(t *rapid.T) pair {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "Payments", strings.Repeat("long ", 30_000)}))
	switch rapid.IntRange(0, 13).Draw(t, "kind") {
	case 0:
		return of(rapid.Uint64().Draw(t, "v"), (*snap.Writer).Uint, (*snap.Reader).Uint)
	case 1:
		return of(rapid.Int64().Draw(t, "v"), (*snap.Writer).Int, (*snap.Reader).Int)
	case 2:
		return of(rapid.Byte().Draw(t, "v"), (*snap.Writer).Byte, (*snap.Reader).Byte)
	case 3:
		return of(rapid.Bool().Draw(t, "v"), (*snap.Writer).Bool, (*snap.Reader).Bool)
	case 4:
		return of(rapid.Uint32().Draw(t, "v"), (*snap.Writer).Uint32, (*snap.Reader).Uint32)
	case 5:
		return of(rapid.Uint64().Draw(t, "v"), (*snap.Writer).Uint64, (*snap.Reader).Uint64)
	case 6:
		return of(rapid.Float32().Draw(t, "v"), (*snap.Writer).Float32, (*snap.Reader).Float32)
	case 7:
		return of(rapid.Float64().Draw(t, "v"), (*snap.Writer).Float64, (*snap.Reader).Float64)
	case 8:
		return of(text.Draw(t, "v"), (*snap.Writer).Text, (*snap.Reader).Text)
	case 9:
		return of(text.Draw(t, "v"), (*snap.Writer).Word, (*snap.Reader).Word)
	case 10:
		return of(filled(rapid.SliceOf(rapid.Byte()).Draw(t, "v")), (*snap.Writer).Bytes, (*snap.Reader).Bytes)
	case 11:
		return of(filled(rapid.SliceOf(rapid.Float32()).Draw(t, "v")), (*snap.Writer).Float32s, (*snap.Reader).Float32s)
	case 12:
		return of(filled(rapid.SliceOf(rapid.Int64()).Draw(t, "v")), (*snap.Writer).Ints, (*snap.Reader).Ints)
	}
	return of(filled(rapid.SliceOf(text).Draw(t, "v")), (*snap.Writer).Words, (*snap.Reader).Words)
}

// filled makes an empty slice nil, as it comes back.
func filled[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(genPair), 0, 60).Draw(t, "values")
		data := write(t, func(w *snap.Writer) {
			for _, p := range list {
				p.write(w)
			}
		})
		var in io.Reader = bytes.NewReader(data)
		if rapid.Bool().Draw(t, "slow reader") {
			in = iotest.OneByteReader(in)
		}
		r := snap.NewReader(in, int64(len(data)))
		for _, p := range list {
			p.check(t, r)
		}
		require.NoError(t, r.Close())
	})
}

func TestBitsOfNumbersAreKept(t *testing.T) {
	nan := math.Float64frombits(0x7ff8_0000_0000_1234)
	r := read(write(t, func(w *snap.Writer) { w.Float64(nan); w.Float32(float32(math.Copysign(0, -1))) }))
	require.Equal(t, math.Float64bits(nan), math.Float64bits(r.Float64()))
	require.Equal(t, uint32(1<<31), math.Float32bits(r.Float32()))
	require.NoError(t, r.Close())
}

func TestWordsAreWrittenOnce(t *testing.T) {
	data := write(t, func(w *snap.Writer) {
		for range 1000 {
			w.Word("Payments")
		}
	})
	require.Less(t, len(data), 1100)
	require.Equal(t, 1, bytes.Count(data, []byte("Payments")))
}

func someState(w *snap.Writer) {
	w.Section("some.model", 3)
	w.Words([]string{"ann", "ben", "ann"})
	w.Uint(1 << 40)
	w.Float32s([]float32{1, 2, 3})
	w.Bool(true)
}

func loadState(r *snap.Reader) error {
	r.Section("some.model", 3)
	r.Words()
	r.Uint()
	r.Float32s()
	r.Bool()
	return r.Close()
}

func TestEveryDamageIsFound(t *testing.T) {
	data := write(t, someState)
	require.NoError(t, loadState(read(data)))
	for i := range data {
		require.ErrorIs(t, loadState(read(data[:i])), snap.ErrCorrupt, "cut at %d", i)
		for bit := range 8 {
			bad := bytes.Clone(data)
			bad[i] ^= 1 << bit
			require.Error(t, loadState(read(bad)), "bit %d of byte %d", bit, i)
		}
	}
	require.ErrorIs(t, loadState(read(append(bytes.Clone(data), 0))), snap.ErrCorrupt, "longer")
	require.ErrorIs(t, loadState(snap.NewReader(bytes.NewReader(data[:9]), int64(len(data)))), snap.ErrCorrupt, "shorter than its size says")
}

func TestRefusals(t *testing.T) {
	state := write(t, someState)
	for _, c := range []struct {
		name string
		read func(*snap.Reader)
		is   error
		says string
	}{
		{"other section", func(r *snap.Reader) { r.Section("other.model", 3) }, snap.ErrCorrupt, `"some.model" stands where "other.model" should`},
		{"newer section", func(r *snap.Reader) { r.Section("some.model", 2) }, snap.ErrVersion, "some.model has version 3, known is 2"},
		{"left over", func(r *snap.Reader) { r.Section("some.model", 3) }, snap.ErrCorrupt, "left over"},
		{"unknown word", func(r *snap.Reader) { r.Word() }, snap.ErrCorrupt, "word 10 is not known"},
		{"too great", func(r *snap.Reader) { r.Below(10) }, snap.ErrCorrupt, "10 stands where less than 10 must"},
		{"none is less", func(r *snap.Reader) { r.Below(0) }, snap.ErrCorrupt, "less than 0"},
		{"too many", func(r *snap.Reader) { r.Count(1000) }, snap.ErrCorrupt, "10 elements do not fit"},
		{"no truth", func(r *snap.Reader) { r.Bool() }, snap.ErrCorrupt, "true or false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(state)
			c.read(r)
			err := r.Close()
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.says)
			require.Zero(t, r.Uint(), "nothing is read after an error")
			require.Nil(t, r.Words())
			require.Equal(t, err, r.Err(), "the first error stays")
		})
	}
	require.ErrorIs(t, read([]byte("not a snapshot at all")).Close(), snap.ErrCorrupt)
	require.ErrorIs(t, read(nil).Close(), snap.ErrCorrupt)
}

func TestAnotherFormIsRefused(t *testing.T) {
	data := append([]byte("andonsnp"), 99)
	data = binary.LittleEndian.AppendUint32(data, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
	require.ErrorIs(t, read(data).Close(), snap.ErrVersion)
}

func TestCountsReserveNoMoreThanIsLeft(t *testing.T) {
	data := write(t, func(w *snap.Writer) { w.Uint(1 << 40); w.Text("x") })
	for _, f := range []func(*snap.Reader){
		func(r *snap.Reader) { r.Uint64s() }, func(r *snap.Reader) { r.Words() }, func(r *snap.Reader) { r.Bytes() }, func(r *snap.Reader) { r.Text() }, func(r *snap.Reader) { r.Slice() },
	} {
		r := read(data)
		f(r) // room for so much would end the process
		require.ErrorIs(t, r.Err(), snap.ErrCorrupt)
	}
}

type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("disk is full")
	}
	return len(p), nil
}

func TestWriterKeepsTheFirstError(t *testing.T) {
	w := snap.NewWriter(&full{room: 100_000})
	for range 100_000 {
		w.Uint64(1)
	}
	require.ErrorContains(t, w.Err(), "disk is full")
	require.ErrorContains(t, w.Close(), "write snapshot at byte 65")
}

// FuzzReader lets the input say what is read, and from what.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, write(f, someState))
	f.Add([]byte{4, 4}, write(f, func(w *snap.Writer) { w.Bytes(make([]byte, 100)); w.Text("x") }))
	f.Fuzz(func(t *testing.T, plan, data []byte) {
		r := read(data)
		for _, p := range plan {
			n := 0
			switch p % 13 {
			case 0:
				r.Section("some.model", 3)
			case 1:
				n = len(r.Words())
			case 2:
				r.Uint()
			case 3:
				n = 4 * len(r.Float32s())
			case 4:
				n = len(r.Bytes())
			case 5:
				n = len(r.Slice())
			case 6:
				r.Int()
			case 7:
				r.Word()
			case 8:
				n = 8 * len(r.Uint64s())
			case 9:
				n = 7 * r.Count(7)
			case 10:
				n = len(r.Text())
			case 11:
				n = 4 * len(r.Uint32s())
			case 12:
				r.Bool()
			}
			if n > len(data) {
				t.Fatalf("%d bytes from %d", n, len(data))
			}
		}
		_ = r.Close()
	})
}

// BenchmarkNumbers writes and reads small numbers, most of what a model holds.
func BenchmarkNumbers(b *testing.B) {
	data := write(b, func(w *snap.Writer) {
		for i := range 1_000_000 {
			w.Uint(uint64(i & 0xfff))
		}
	})
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		w := snap.NewWriter(io.Discard)
		for i := range b.N {
			for j := range 1_000_000 {
				w.Uint(uint64((i + j) & 0xfff))
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for range b.N {
			r := read(data)
			for range 1_000_000 {
				r.Uint()
			}
			require.NoError(b, r.Close())
		}
	})
}
