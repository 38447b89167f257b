package fakeslack

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"
)

// TestSlackGo lets the client of slack-go run against it, and decode every event.
func TestSlackGo(t *testing.T) {
	fake, _, server := stand(t, Options{Channels: []Channel{{ID: "C1", Name: "one", Members: []string{"U1"}}, {ID: "G1", Name: "two", Private: true, Members: []string{"U1"}}}, People: []Person{{ID: "U1", Name: "ada"}, {ID: "U2", Name: "bo"}}})
	api := slackgo.New("xoxb-1", slackgo.OptionAppLevelToken("xapp-1"), slackgo.OptionAPIURL(server.URL+"/api/"), slackgo.OptionHTTPClient(server.Client()))
	client := socketmode.New(api)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	heard := make(chan string, 100)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				if e.Type == socketmode.EventTypeErrorBadMessage || e.Type == socketmode.EventTypeIncomingError {
					b, _ := json.Marshal(e.Data)
					heard <- "bad: " + string(b)
				}
				if e.Request == nil || e.Request.EnvelopeID == "" {
					continue
				}
				if err := client.AckCtx(ctx, e.Request.EnvelopeID, nil); err != nil {
					return
				}
				if outer, ok := e.Data.(slackevents.EventsAPIEvent); ok {
					heard <- outer.InnerEvent.Type
				}
			}
		}
	}()
	require.Eventually(t, func() bool { return fake.Deliveries().Sockets == 1 }, time.Minute, time.Millisecond)
	for want, do := range everything(t, fake) {
		do()
		select {
		case got := <-heard:
			require.Equal(t, strings.Split(want, " ")[0], got, want)
		case <-time.After(30 * time.Second):
			require.Fail(t, "nothing", want)
		}
		for more := strings.Count(want, "+"); more > 0; more-- {
			require.NotContains(t, <-heard, "bad")
		}
	}
	require.Eventually(t, func() bool { d := fake.Deliveries(); return d.Pending == 0 && d.Missed == 0 }, time.Minute, time.Millisecond)
	stop()
	<-ended
	fake.Close()
	// The reader of slack-go ends a little later than RunContext.
	server.CloseClientConnections()
}

// everything does what people can do in a workspace, in order; it says of each
// which event comes, and how many more by the number of plus signs.
func everything(t *testing.T, fake *Server) func(func(string, func()) bool) {
	root := ""
	ok := func(err error) { require.NoError(t, err) }
	steps := []struct {
		want string
		do   func()
	}{
		{"message plain", func() { root = fake.Say("C1", "U1", "", "hello") }},
		{"message reply", func() { fake.Say("C1", "U2", root, "a reply") }},
		{"message and app_mention +", func() { fake.Say("C1", "U1", "", "<@UANDON> help") }},
		{"message changed", func() { ok(fake.Edit("C1", "U1", root, "changed")) }},
		{"reaction_added", func() { ok(fake.React("C1", "U2", root, ":eyes:", true)) }},
		{"reaction_removed", func() { ok(fake.React("C1", "U2", root, "eyes", false)) }},
		{"message deleted", func() { ok(fake.Delete("C1", "U1", root)) }},
		{"message direct", func() { fake.Say("D1", "U1", "", "hi") }},
		{"message private", func() { fake.Say("G1", "U1", "", "hi") }},
		{"member_joined_channel +", func() { ok(fake.Invite("C1", "U1", "U2")) }},
		{"member_left_channel", func() { ok(fake.Leave("C1", "U2")) }},
		{"channel_rename", func() { ok(fake.Rename("C1", "uno")) }},
		{"channel_archive", func() { ok(fake.Archive("C1", "U1", true)) }},
		{"channel_unarchive", func() { ok(fake.Archive("C1", "U1", false)) }},
		{"group_rename", func() { ok(fake.Rename("G1", "due")) }},
		{"channel_created", func() { fake.Create(Channel{ID: "C7", Name: "new"}, "U1") }},
		{"channel_deleted", func() { ok(fake.DeleteChannel("C7")) }},
		{"team_join", func() { fake.SetPerson(Person{ID: "U8", Name: "eve"}) }},
		{"user_change", func() { fake.SetPerson(Person{ID: "U8", Name: "eve", Zone: "Asia/Tokyo"}) }},
		{"subteam_created", func() { fake.SetGroup(Group{ID: "S1", Handle: "pay", Users: []string{"U1"}}) }},
		{"subteam_updated", func() { fake.SetGroup(Group{ID: "S1", Handle: "pay", Users: []string{"U2"}}) }},
		{"app_home_opened", func() { fake.OpenHome("U1", "") }},
		{"tokens_revoked", func() { ok(fake.Emit(json.RawMessage(`{"type":"tokens_revoked","tokens":{"bot":["UANDON"]}}`))) }},
		{"channel_id_changed", func() {
			ok(fake.Emit(json.RawMessage(`{"type":"channel_id_changed","old_channel_id":"C1","new_channel_id":"C2"}`)))
		}},
	}
	return func(yield func(string, func()) bool) {
		for _, s := range steps {
			if !yield(s.want, s.do) {
				return
			}
		}
	}
}
