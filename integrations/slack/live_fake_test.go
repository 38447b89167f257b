package slack

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// office answers everything that can be asked.
func office(_ context.Context, a view.Asked) (view.Reply, error) {
	switch a.Kind {
	case view.Command:
		return view.Reply{Card: &view.Card{Title: "You said " + a.Text}, Ephemeral: true}, nil
	case view.Pressed:
		return view.Reply{Modal: &view.Modal{ID: "not_me", Title: "Who then?", Hidden: a.Value, Inputs: []view.Input{{ID: "who", Kind: view.PersonInput, Label: "Who"}}}}, nil
	case view.Submit:
		if a.Entered["who"] == a.User {
			return view.Reply{Errors: map[string]string{"who": "That is you"}}, nil
		}
		return view.Reply{}, nil
	case view.Home:
		return view.Reply{Home: []*view.Card{{Title: "Your nudges"}}}, nil
	}
	return view.Reply{}, nil
}

// TestAgainstFakeSlack lives through a day with a whole Slack, by both ways of
// hearing from it.
func TestAgainstFakeSlack(t *testing.T) {
	for _, way := range []string{"socket", "http"} {
		t.Run(way, func(t *testing.T) {
			o := fakeslack.Options{Channels: []fakeslack.Channel{{ID: "C1", Name: "general"}}, People: []fakeslack.Person{{ID: "U1", Name: "ada"}, {ID: "U2", Name: "ben"}}, SigningSecret: "hush"}
			app := &later{}
			front := httptest.NewServer(app)
			defer front.Close()
			if way == "http" {
				o.RequestURL, o.CommandURL, o.InteractURL = front.URL+"/slack/events", front.URL+"/slack/commands", front.URL+"/slack/interactive"
			}
			fake, p := stand(t, o)
			j := &journal{}
			in := &Inbox{Team: "T1", Accept: j.accept, Interact: office, Poster: p, Directory: NewDirectory("T1", LiveOptions{Self: Self{User: "UANDON", Bot: "BANDON"}})}
			defer in.Wait()
			if way == "http" {
				h, err := (&HTTPMode{Inbox: in, Secrets: []string{"other", "hush"}}).Handler()
				require.NoError(t, err)
				app.set(h)
				require.NoError(t, fake.Verify(t.Context()))
			} else {
				run(t, &Socket{Inbox: in, AppToken: "xapp-1", URL: p.w.URL, Gap: time.Millisecond}, func() bool { return fake.Deliveries().Sockets == 2 })
			}
			liveDay(t, fake, p, j)
		})
	}
}

// later is a handler that is set when it is known.
type later struct{ h atomic.Pointer[http.Handler] }

func (l *later) set(h http.Handler)                               { l.h.Store(&h) }
func (l *later) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*l.h.Load()).ServeHTTP(w, r) }

// run runs a socket until the test ends, and waits until it is ready.
func run(t *testing.T, s *Socket, ready func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-end)
		s.Transport.(*http.Transport).CloseIdleConnections()
	})
	require.Eventually(t, ready, 10*time.Second, time.Millisecond)
}

// events are those that were stored, of a kind.
func (j *journal) events(kind signals.Kind) (out []*signals.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, id := range j.ids {
		for _, e := range j.seen[id].Events {
			if e.Kind == kind {
				out = append(out, e)
			}
		}
	}
	return out
}

func liveDay(t *testing.T, fake *fakeslack.Server, p *Poster, j *journal) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	wait := func(what string, ok func() bool) {
		t.Helper()
		require.Eventually(t, ok, 10*time.Second, time.Millisecond, what)
	}
	ts := fake.Say("C1", "U1", "", "it hangs")
	reply := fake.Say("C1", "U2", ts, "here too")
	wait("two messages", func() bool { return len(j.events(signals.Said)) == 2 })
	require.NoError(t, fake.Edit("C1", "U1", ts, "it hangs again"))
	require.NoError(t, fake.React("C1", "U2", ts, "eyes", true))
	require.NoError(t, fake.Delete("C1", "U2", reply))
	require.NoError(t, fake.Rename("C1", "inc-7"))
	wait("what happened to them", func() bool {
		return len(j.events(signals.Edited)) >= 1 && len(j.events(signals.Reacted)) == 1 && len(j.events(signals.Deleted)) == 1
	})
	folded := signals.Fold(slices.Concat(j.events(signals.Said), j.events(signals.Edited)[:1], j.events(signals.Reacted), j.events(signals.Deleted)))
	require.Len(t, folded.Posts, 1, "the reply is gone")
	require.Equal(t, "it hangs again", folded.Posts[0].Text)
	require.Len(t, folded.Posts[0].Reactions, 1)
	require.Equal(t, signals.Public, j.events(signals.Said)[0].Audience)

	require.NoError(t, fake.Command(ctx, "U1", "C1", "/andon help"))

	at, err := p.Post(ctx, "slack/T1/U1", &view.Card{Key: "k", Title: "A nudge", Actions: []view.Action{{ID: "not_me", Text: "Not me", Value: "n7"}}})
	require.NoError(t, err)
	require.NoError(t, fake.Click(ctx, fakeslack.Click{User: "U1", Channel: signals.Bare(at.Channel), TS: at.TS, Action: "not_me"}))
	wait("a modal", func() bool { return len(fake.Modals("U1")) == 1 })
	modal := fake.Modals("U1")[0]
	require.Equal(t, "not_me", modal.Callback)
	wrong, err := fake.Submit(ctx, "U1", modal.ID, map[string][]string{"who": {"U1"}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"who": "That is you"}, wrong)
	wrong, err = fake.Submit(ctx, "U1", modal.ID, map[string][]string{"who": {"U2"}})
	require.NoError(t, err)
	require.Empty(t, wrong)
	require.Empty(t, fake.Modals("U1"))

	fake.OpenHome("U1", "home")
	wait("a Home tab", func() bool { v, ok := fake.Home("U1"); return ok && len(v.Body) > 0 })
	require.Len(t, j.events(signals.Said), 2, "our own messages are no events")
}
