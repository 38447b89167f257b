package text

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// printers is an index in which 1 is the original of 2, in other words, amid
// others that are like neither.
func printers() *Index {
	x := NewIndex(IndexOptions{})
	x.Add(1, Fields{Title: "Spooler rejects jobs of third floor"}, 100)
	x.Add(2, Fields{Title: "Nothing comes out of the label printer"}, 200)
	x.Add(3, Fields{Title: "Label editor forgets the font"}, 300)
	for i := range int32(60) {
		x.Add(10+i, Fields{Title: fmt.Sprintf("Widget%d needs paint%d", i, i)}, 50)
	}
	return x
}

func idsOf(list []Match) (out []int32) {
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

var askedPrinter = Fields{Title: "The label printer: nothing comes out"}

// What is like a duplicate is like its original, which comes first.
func TestDuplicateLeadsToItsOriginal(t *testing.T) {
	x := printers()
	plain := x.Query(askedPrinter, 86400, 3, nil)
	require.Equal(t, []int32{2, 3}, idsOf(plain))
	x.MarkDuplicate(2, 1)
	got := x.Query(askedPrinter, 86400, 3, nil)
	require.Equal(t, []int32{1, 2, 3}, idsOf(got))
	require.InDelta(t, plain[0].Score, got[0].Score, 1e-9, "as sure as of the duplicate")
	require.Empty(t, got[0].Shared, "and no word is named that the original lacks")

	x.UnmarkDuplicate(2)
	require.Equal(t, plain, x.Query(askedPrinter, 86400, 3, nil))
}

// Two that are equally alike take each other's lead, unless they are known to be the same.
func TestDuplicatesDoNotCompete(t *testing.T) {
	x := printers()
	x.Add(4, Fields{Title: "Label printer: nothing comes out"}, 250)
	x.Add(5, Fields{Title: "Label printer: nothing comes out"}, 260)
	before := x.Query(askedPrinter, 86400, 1, nil)[0].Score
	x.MarkDuplicate(5, 4)
	got := x.Query(askedPrinter, 86400, 2, nil)
	require.Equal(t, []int32{4, 5}, idsOf(got))
	require.Greater(t, got[0].Score, before)
}

func TestOriginalThatMayNotBeFound(t *testing.T) {
	ids := func(x *Index, at int64, skip func(int32) bool) []int32 {
		return idsOf(x.Query(askedPrinter, at, 3, skip))
	}
	x := printers()
	x.MarkDuplicate(2, 1)
	require.Equal(t, []int32{2, 3}, ids(x, 86400, func(id int32) bool { return id == 1 }), "skipped")
	x.Remove(1)
	require.Equal(t, []int32{2, 3}, ids(x, 86400, nil), "removed")
	x.Add(1, Fields{Title: "Spooler rejects jobs"}, 250)
	require.Equal(t, []int32{2}, ids(x, 220, nil), "it did not stand there yet")
	require.Equal(t, []int32{1, 2, 3}, ids(x, 86400, nil))

	x.Add(2, Fields{Title: "Nothing comes out of the label printer!"}, 200)
	require.Equal(t, []int32{1, 2, 3}, ids(x, 86400, nil), "what is replaced stays a duplicate")
	x.Remove(2)
	x.Add(2, Fields{Title: "Nothing comes out of the label printer"}, 200)
	require.Equal(t, []int32{2, 3}, ids(x, 86400, nil), "what is removed does not")
}

func TestDuplicateOfADuplicate(t *testing.T) {
	x := printers()
	x.MarkDuplicate(2, 20)
	x.MarkDuplicate(20, 1)
	x.MarkDuplicate(1, 2)   // would close the circle
	x.MarkDuplicate(2, 999) // not known
	x.MarkDuplicate(999, 1)
	require.Equal(t, []int32{1, 2, 3}, idsOf(x.Query(askedPrinter, 86400, 9, nil)))
	require.Len(t, x.originals, 2)
}
