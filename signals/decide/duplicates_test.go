package decide

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/snap"
)

// learns is happens with all the models.
func (s *story) learns(id string, at time.Time, e signals.Event) *signals.Case {
	s.n++
	e.ID, e.Case, e.At, e.Seq.Entry = issue(id).String()+"/"+string(rune('A'+s.n)), issue(id), at, s.n
	if e.Audience == "" {
		e.Audience = signals.Public
	}
	c, err := s.w.Take(&e)
	require.NoError(s.t, err)
	s.w.Observe(c, &e)
	return c
}

func (s *story) raised(id, title string, at time.Time) *signals.Case {
	return s.learns(id, at, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: title, Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + id}}})
}

// linksTo links an issue to PAY-1, as Jira's history tells of it.
func linksTo(phrase string) signals.Event {
	return signals.Event{Kind: signals.Linked, Actor: "jira/s/ann", Field: "Duplicate", Ref: "jira/s/label:PAY-1", Text: "This issue " + phrase + " PAY-1"}
}

// found asks what the next issue is like, in words of PAY-2 only.
func (s *story) found(now time.Time) (out []string) {
	for _, l := range s.w.SimilarWords("label printer prints nothing", signals.Viewer{}, 3, now) {
		out = append(out, l.Label)
	}
	return out
}

// TestWhatIsLikeADuplicate: an issue that was closed as a duplicate leads to its
// original from then on, as far as everybody may know of it.
func TestWhatIsLikeADuplicate(t *testing.T) {
	closed := signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Duplicate"}
	secret := func(e signals.Event) signals.Event {
		e.Audience = signals.MembersOf("jira/s/security:7")
		return e
	}
	for name, tt := range map[string]struct {
		events []signals.Event // of PAY-2
		want   []string
	}{
		"linked and closed":           {[]signals.Event{linksTo("duplicates"), closed}, []string{"PAY-1", "PAY-2"}},
		"closed and linked":           {[]signals.Event{closed, linksTo("duplicates")}, []string{"PAY-1", "PAY-2"}},
		"a link without its words":    {[]signals.Event{{Kind: signals.Linked, Field: "Duplicate", Ref: "jira/s/1"}, closed}, []string{"PAY-1", "PAY-2"}},
		"linked and still open":       {[]signals.Event{linksTo("duplicates")}, []string{"PAY-2"}},
		"it is the original":          {[]signals.Event{linksTo("is duplicated by"), closed}, []string{"PAY-2"}},
		"another link":                {[]signals.Event{{Kind: signals.Linked, Field: "Relates", Ref: "jira/s/1", Text: "This issue relates to PAY-1"}, closed}, []string{"PAY-2"}},
		"linked in private":           {[]signals.Event{secret(linksTo("duplicates")), closed}, []string{"PAY-2"}},
		"opened again":                {[]signals.Event{linksTo("duplicates"), closed, {Kind: signals.Reopened, Actor: "jira/s/ann"}}, []string{"PAY-2"}},
		"the link was taken off":      {[]signals.Event{linksTo("duplicates"), closed, {Kind: signals.Unlinked, Field: "Duplicate", Ref: "jira/s/label:PAY-1"}}, []string{"PAY-2"}},
		"it was deleted":              {[]signals.Event{linksTo("duplicates"), closed, {Kind: signals.Deleted}}, nil},
		"linked to one nobody has":    {[]signals.Event{{Kind: signals.Linked, Field: "Duplicate", Ref: "jira/s/label:PAY-9"}, closed}, []string{"PAY-2"}},
		"two links, one out of sight": {[]signals.Event{{Kind: signals.Linked, Field: "Duplicate", Ref: "jira/s/label:PAY-9"}, linksTo("duplicates"), closed}, []string{"PAY-1", "PAY-2"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := chatWorld(t)
			s.raised("1", "Spooler rejects jobs of the third floor", monday)
			s.raised("2", "Label printer prints nothing", monday.Add(time.Hour))
			s.raised("3", "Login page shows a blank screen", monday.Add(time.Hour))
			require.Equal(t, []string{"PAY-2"}, s.found(monday.Add(2*time.Hour)))
			for i, e := range tt.events {
				s.learns("2", monday.Add(time.Duration(2+i)*time.Hour), e)
			}
			now := monday.Add(24 * time.Hour)
			require.Equal(t, tt.want, s.found(now))

			var out bytes.Buffer
			wr := snap.NewWriter(&out)
			s.w.Save(wr)
			require.NoError(t, wr.Close())
			r := snap.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
			loaded, err := LoadWorld(r, s.w.Org.Policy, Options{Routes: true, Index: true})
			require.NoError(t, err)
			loaded.Cases = s.w.Cases
			s.w = loaded
			require.Equal(t, tt.want, s.found(now), "it is kept")
		})
	}
}

// TestOriginalHeardLate: of which a duplicate was heard before.
func TestOriginalHeardLate(t *testing.T) {
	s := chatWorld(t)
	s.raised("2", "Label printer prints nothing", monday.Add(time.Hour))
	s.learns("2", monday.Add(2*time.Hour), linksTo("duplicates"))
	s.learns("2", monday.Add(3*time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Duplicate"})
	s.raised("1", "Spooler rejects jobs of the third floor", monday)
	require.Equal(t, []string{"PAY-1", "PAY-2"}, s.found(monday.Add(24*time.Hour)))
}

// TestNoOlderMarkStays: where a new mark would close a circle, the one before it
// is taken off all the same.
func TestNoOlderMarkStays(t *testing.T) {
	s := chatWorld(t)
	closed := signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Duplicate"}
	to := func(label string) signals.Event {
		return signals.Event{Kind: signals.Linked, Field: "Duplicate", Ref: "jira/s/label:" + label, Text: "This issue duplicates " + label}
	}
	s.raised("1", "Spooler rejects jobs of the third floor", monday)
	s.raised("2", "Label printer prints nothing", monday)
	s.raised("3", "Login page shows a blank screen", monday)
	for i, e := range []signals.Event{to("PAY-1"), closed} {
		s.learns("2", monday.Add(time.Duration(1+i)*time.Hour), e)
	}
	for i, e := range []signals.Event{to("PAY-2"), closed} {
		s.learns("3", monday.Add(time.Duration(3+i)*time.Hour), e)
	}
	require.Equal(t, []string{"PAY-1", "PAY-2"}, s.found(monday.Add(24*time.Hour)))
	s.learns("2", monday.Add(5*time.Hour), to("PAY-3"))
	s.learns("2", monday.Add(6*time.Hour), signals.Event{Kind: signals.Unlinked, Field: "Duplicate", Ref: "jira/s/label:PAY-1"})
	require.NotContains(t, s.found(monday.Add(24*time.Hour)), "PAY-1")
}
