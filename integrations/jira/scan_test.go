package jira

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// each sees what gjson sees.
func TestEachIsForEach(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[\\"{}\[\]:,a\n ]*`))
	scalar := rapid.OneOf(
		rapid.Map(text, func(s string) any { return s }), rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Just(any(nil)))
	list := rapid.Map(rapid.SliceOfN(scalar, 0, 4), func(l []any) any { return l })
	value := rapid.OneOf(scalar, list, rapid.Map(rapid.MapOfN(text, list, 0, 3), func(m map[string]any) any { return m }))
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.MarshalIndent(rapid.MapOfN(text, value, 0, 5).Draw(t, "object"), "", rapid.SampledFrom([]string{"", " "}).Draw(t, "indent"))
		require.NoError(t, err)
		doc := gjson.ParseBytes(raw)
		compare(t, doc)
		for _, v := range doc.Map() {
			if v.IsArray() || v.IsObject() {
				compare(t, v)
			}
		}
	})
}

func compare(t *rapid.T, v gjson.Result) {
	type pair struct {
		Key, Str, Raw string
		Type          gjson.Type
		Num           float64
	}
	var want, got []pair
	v.ForEach(func(k, x gjson.Result) bool {
		want = append(want, pair{k.Str, x.Str, x.Raw, x.Type, x.Num})
		return true
	})
	each(v, func(k, x gjson.Result) bool {
		got = append(got, pair{k.Str, x.Str, x.Raw, x.Type, x.Num})
		return true
	})
	if v.IsArray() { // gjson numbers the elements
		for i := range want {
			want[i].Key = ""
		}
	}
	require.Equal(t, want, got)
}
