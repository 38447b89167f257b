package slack

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

func TestWatchRules(t *testing.T) {
	said := map[string]bool{"slack/T1/C5": false, "slack/T1/C4": true}
	d := NewDirectory("T1", LiveOptions{})
	d.SetWatch(Watch{Named: []string{"#partners", "C7"}, On: func(channel string) (bool, bool) {
		require.Contains(t, channel, "slack/T1/")
		on, ok := said[channel]
		return on, ok
	}})
	channel := func(id, name string, shared, member bool) Conversation {
		return Conversation{Channel: Channel{ID: "slack/T1/" + id, Name: name, Kind: PublicChannel, Shared: shared}, Member: member}
	}
	d.SetChannels([]Conversation{
		channel("C1", "general", false, true), channel("C2", "vendor", true, true), channel("C3", "partners", true, true), channel("C4", "said-on", true, true),
		channel("C5", "said-off", false, true), channel("C6", "elsewhere", false, false), channel("C7", "by-id", true, true),
		{Channel: Channel{ID: "slack/T1/C8", Kind: PublicChannel}, Member: true, Archived: true}, {Channel: Channel{ID: "slack/T1/G1", Kind: GroupMessage}, Member: true},
	})
	o := d.Options()
	for id, want := range map[string]bool{"C1": true, "C2": false, "C3": true, "C4": true, "C5": false, "C6": true, "C7": true, "C99": true} {
		require.Equal(t, want, d.Watches("slack/T1/"+id), id)
		raw := fmt.Sprintf(`{"type":"event_callback","event_id":"E%s","event":{"type":"message","channel":%q,"channel_type":"channel","user":"U1","text":"it hangs","ts":"1600000000.000100"}}`, id, id)
		events, _, err := Normalize("T1", []byte(raw), o)
		require.NoError(t, err)
		require.Equal(t, want, len(events) == 1, "what is read is what is watched: %s", id)
	}
	var ids []string
	for _, c := range d.Watched() {
		ids = append(ids, signals.Bare(c.ID))
	}
	require.Equal(t, []string{"C1", "C3", "C4", "C7"}, ids)
	require.NoError(t, Watch{Patterns: []string{"inc-*", "#esc-?"}}.Check())
	require.Error(t, Watch{Patterns: []string{"inc-["}}.Check())
	require.Error(t, Watch{Patterns: []string{"#"}}.Check())
}

func TestSharedChannels(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"id":"C1"}`: false, `{"id":"C1","is_ext_shared":true}`: true, `{"id":"C1","is_pending_ext_shared":true}`: true, `{"id":"C1","pending_shared":["T9"]}`: true,
		`{"id":"C1","is_shared":true}`: true, `{"id":"C1","is_shared":true,"is_org_shared":true}`: false,
	} {
		_, p := told(t, map[string]map[string]string{"conversations.info": one(`{"ok":true,"channel":` + raw + `}`)})
		c, err := p.Channel(t.Context(), "slack/T1/C1")
		require.NoError(t, err)
		require.Equal(t, want, c.Shared, raw)
	}
}

// diary notes what a Watcher tells.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) has(line string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.lines, line)
}

// watching is a fake Slack that is listened to by Socket Mode, with a Watcher.
func watching(t *testing.T, o fakeslack.Options, w Watch) (*fakeslack.Server, *Watcher, *diary) {
	fake, p := stand(t, o)
	require.NoError(t, func() error { _, err := p.whoami(t.Context()); return err }())
	d, j := NewDirectory("T1", LiveOptions{}), &journal{}
	d.SetSelf(p.Self())
	d.SetWatch(w)
	book := &diary{}
	watcher := &Watcher{Poster: p, Directory: d,
		Invited: func(_ context.Context, channel, by string) { book.note("invited " + channel + " " + by) },
		Left:    func(_ context.Context, channel string) { book.note("left " + channel) },
	}
	in := &Inbox{Team: "T1", Accept: j.accept, Poster: p, Directory: d, Watcher: watcher}
	run(t, &Socket{Inbox: in, AppToken: "xapp-1", URL: p.w.URL, Gap: time.Millisecond}, func() bool { return fake.Deliveries().Sockets == 2 })
	t.Cleanup(in.Wait)
	return fake, watcher, book
}

func TestWatcherLive(t *testing.T) {
	fake, w, book := watching(t, fakeslack.Options{Strict: true, People: []fakeslack.Person{{ID: "U1"}}, Channels: []fakeslack.Channel{
		{ID: "C1", Name: "inc-1", Absent: true}, {ID: "C2", Name: "general", Absent: true}, {ID: "C3", Name: "vendor", Absent: true, Shared: true},
		{ID: "G1", Name: "secret", Private: true, Absent: true}, {ID: "C4", Name: "by-list", Absent: true}, {ID: "C5", Name: "inc-old", Absent: true, Archived: true},
		{ID: "C6", Name: "inc-shared", Absent: true, Shared: true},
	}}, Watch{Patterns: []string{"inc-*"}, List: []string{"#by-list"}})
	wait := func(line string) {
		t.Helper()
		require.Eventually(t, func() bool { return book.has(line) }, 10*time.Second, time.Millisecond, line)
	}
	require.NoError(t, w.Sync(t.Context()))
	wait("invited slack/T1/C1 ")
	wait("invited slack/T1/C4 ")
	require.Equal(t, 2, fake.Requests()["conversations.join"], "no archived, shared or other ones")

	require.NoError(t, fake.Invite("G1", "U1", "UANDON"))
	wait("invited slack/T1/G1 slack/T1/U1")
	require.NoError(t, fake.Invite("C3", "U1", "UANDON"))
	fake.Create(fakeslack.Channel{ID: "C8", Name: "inc-8", Absent: true}, "U1")
	wait("invited slack/T1/C8 ")
	fake.Create(fakeslack.Channel{ID: "C9", Name: "other", Absent: true}, "U1")
	require.NoError(t, fake.Rename("C9", "inc-9"))
	wait("invited slack/T1/C9 ")
	require.NoError(t, fake.Leave("C1", "UANDON"))
	wait("left slack/T1/C1")
	var ids []string
	for _, c := range w.Directory.Watched() {
		ids = append(ids, signals.Bare(c.ID))
	}
	require.Equal(t, []string{"C4", "C8", "C9", "G1"}, ids)
	require.False(t, book.has("invited slack/T1/C3 slack/T1/U1"), "a channel that is not watched is told of to nobody")
	require.False(t, w.Directory.Watches("slack/T1/C3"))
}

// TestWatcherCompares: what happened while nothing was heard is told with the
// next list.
func TestWatcherCompares(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{Strict: true, Channels: []fakeslack.Channel{{ID: "C1", Name: "a"}, {ID: "C2", Name: "b", Absent: true}}})
	book := &diary{}
	w := &Watcher{Poster: p, Directory: NewDirectory("T1", LiveOptions{}),
		Invited: func(_ context.Context, channel, by string) { book.note("invited " + channel + " by " + by) },
		Left:    func(_ context.Context, channel string) { book.note("left " + channel) },
	}
	require.NoError(t, w.Sync(t.Context()))
	require.Empty(t, book.lines, "what is found at the start is no news")
	require.NoError(t, fake.Join("C2", "UANDON"))
	require.NoError(t, fake.Leave("C1", "UANDON"))
	require.NoError(t, w.Sync(t.Context()))
	require.Equal(t, []string{"invited slack/T1/C2 by unknown", "left slack/T1/C1"}, book.lines)
}

// TestWatcherMeets: with the first list it tells of every channel that it
// watches, once, and of who brought it there what can be known.
func TestWatcherMeets(t *testing.T) {
	_, p := stand(t, fakeslack.Options{Strict: true, Channels: []fakeslack.Channel{
		{ID: "C1", Name: "a"}, {ID: "C2", Name: "b", Absent: true}, {ID: "C3", Name: "inc-3"}, {ID: "C4", Name: "vendor", Shared: true}, {ID: "G1", Name: "x", Private: true},
	}})
	book := &diary{}
	w := &Watcher{Poster: p, Directory: NewDirectory("T1", LiveOptions{}), Met: func(_ context.Context, channel, by string) { book.note(channel + " by " + by) }}
	w.Directory.SetWatch(Watch{Patterns: []string{"inc-*"}})
	for range 2 {
		require.NoError(t, w.Sync(t.Context()))
	}
	require.Equal(t, []string{"slack/T1/C1 by unknown", "slack/T1/C3 by ", "slack/T1/G1 by unknown"}, book.lines)
}

// TestWatcherWithoutTheScope: it is said once, and nothing else suffers.
func TestWatcherWithoutTheScope(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{Strict: true, Scopes: []string{"channels:read"}, Channels: []fakeslack.Channel{
		{ID: "C1", Name: "inc-1", Absent: true}, {ID: "C2", Name: "inc-2", Absent: true}, {ID: "C3", Name: "general"}, {ID: "G1", Name: "x", Private: true},
	}})
	_, err := p.whoami(t.Context())
	require.NoError(t, err)
	w := &Watcher{Poster: p, Directory: NewDirectory("T1", LiveOptions{})}
	w.Directory.SetWatch(Watch{Patterns: []string{"inc-*"}})
	require.NoError(t, w.Sync(t.Context()))
	require.NoError(t, w.Sync(t.Context()))
	require.Equal(t, 1, fake.Requests()["conversations.join"])
	require.Len(t, w.Directory.Watched(), 1)
}

func TestDirectoryFollowsChannels(t *testing.T) {
	d := NewDirectory("T1", LiveOptions{Self: Self{User: "UANDON"}})
	hear := func(event string) {
		d.Heard([]byte(`{"type":"event_callback","event_id":"E","event":`+event+`}`), nil)
	}
	hear(`{"type":"channel_created","channel":{"id":"C1","name":"inc-1"}}`)
	hear(`{"type":"member_joined_channel","channel":"C1","user":"U1","channel_type":"C"}`)
	require.Empty(t, d.Watched(), "somebody else came")
	hear(`{"type":"member_joined_channel","channel":"C1","user":"UANDON","channel_type":"C"}`)
	require.Len(t, d.Watched(), 1)
	hear(`{"type":"channel_archive","channel":"C1"}`)
	require.Empty(t, d.Watched())
	hear(`{"type":"channel_unarchive","channel":"C1"}`)
	hear(`{"type":"channel_shared","channel":"C1","connected_team_id":"T9"}`)
	require.Empty(t, d.Watched())
	hear(`{"type":"channel_unshared","channel":"C1","is_ext_shared":false}`)
	require.Len(t, d.Watched(), 1)
	hear(`{"type":"channel_id_changed","old_channel_id":"C1","new_channel_id":"C2"}`)
	require.Equal(t, "slack/T1/C2", d.Watched()[0].ID)
	require.Equal(t, "inc-1", d.Watched()[0].Name)
	hear(`{"type":"channel_deleted","channel":"C2"}`)
	require.Empty(t, d.Watched())
}
