package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/bot/view"
)

func parsedText(body, path string) string { return gjson.Get(body, path).String() }

const click = `{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"trigger_id":"t1","response_url":"https://hooks.slack.com/x",
	"container":{"type":"message","message_ts":"1600000100.000200","channel_id":"C1","thread_ts":"1600000000.000000"},"channel":{"id":"C1"},
	"actions":[{"action_id":"claim","block_id":"b","type":"button","value":"n7","action_ts":"1600000200.5"}]}`

func TestParseAsked(t *testing.T) {
	const m, root = "slack/T1/C1/1600000100.000200", "slack/T1/C1/1600000000.000000"
	for _, c := range []struct {
		name, raw string
		want      view.Asked
	}{
		{"command in a direct message", `{"command":"/andon","text":"help\u0000","user_id":"U1","channel_id":"D1","trigger_id":"t1"}`,
			view.Asked{Kind: view.Command, User: "slack/T1/U1", Channel: "slack/T1/D1", Action: "/andon", Text: "help", TriggerID: "t1", Direct: true}},
		{"button", click, view.Asked{Kind: view.Pressed, User: "slack/T1/U1", Channel: "slack/T1/C1", Message: m, Thread: root, Action: "claim", Value: "n7", TriggerID: "t1"}},
		{"menu", strings.Replace(click, `"value":"n7"`, `"selected_option":{"value":"1h"}`, 1), view.Asked{Kind: view.Pressed, User: "slack/T1/U1", Channel: "slack/T1/C1", Message: m, Thread: root, Action: "claim", Value: "1h", TriggerID: "t1"}},
		{"person", strings.Replace(click, `"value":"n7"`, `"selected_user":"U2"`, 1), view.Asked{Kind: view.Pressed, User: "slack/T1/U1", Channel: "slack/T1/C1", Message: m, Thread: root, Action: "claim", Value: "slack/T1/U2", TriggerID: "t1"}},
		{"Home tab", `{"type":"block_actions","user":{"id":"U1"},"container":{"type":"view","view_id":"V1"},"view":{"id":"V1","private_metadata":"p"},"actions":[{"action_id":"away","value":"x"}]}`,
			view.Asked{Kind: view.Pressed, User: "slack/T1/U1", Action: "away", Value: "x", Hidden: "p"}},
		{"message shortcut", `{"type":"message_action","callback_id":"raise","user":{"id":"U1"},"channel":{"id":"C1"},"trigger_id":"t1","action_ts":"1","message":{"type":"message","user":"U2","ts":"1600000100.000200","thread_ts":"1600000000.000000","text":"it hangs"}}`,
			view.Asked{Kind: view.Shortcut, User: "slack/T1/U1", Channel: "slack/T1/C1", Message: m, Thread: root, Action: "raise", Text: "it hangs", Author: "slack/T1/U2", TriggerID: "t1"}},
		{"global shortcut", `{"type":"shortcut","callback_id":"raise","user":{"id":"U1"},"trigger_id":"t1","action_ts":"1"}`,
			view.Asked{Kind: view.Shortcut, User: "slack/T1/U1", Action: "raise", TriggerID: "t1"}},
		{"modal", `{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","hash":"h","callback_id":"raise","private_metadata":"C1","state":{"values":{
			"what":{"entry":{"type":"plain_text_input","value":"it hangs"}},"empty":{"entry":{"type":"plain_text_input","value":null}},"who":{"entry":{"selected_user":"U2"}},
			"where":{"entry":{"selected_conversation":"C7"}},"how":{"entry":{"selected_option":{"value":"loud"}}},"all":{"entry":{"selected_options":[{"value":"a"},{"value":"b"}]}}}}}}`,
			view.Asked{Kind: view.Submit, User: "slack/T1/U1", Action: "raise", Hidden: "C1", Entered: map[string]string{"what": "it hangs", "empty": "", "who": "slack/T1/U2", "where": "slack/T1/C7", "how": "loud", "all": "a\nb"}}},
		{"closed", `{"type":"view_closed","user":{"id":"U1"}}`, view.Asked{}},
		{"nothing pressed", `{"type":"block_actions","user":{"id":"U1"},"actions":[]}`, view.Asked{}},
		{"no object", `7`, view.Asked{}},
		{"forged ids", `{"type":"block_actions","user":{"id":"../U1"},"channel":{"id":"C1/x"},"message":{"ts":"now"},"actions":[{"action_id":"a"}]}`, view.Asked{Kind: view.Pressed, Action: "a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := parseAsked("T1", gjson.Parse(c.raw))
			again, _ := parseAsked("T1", gjson.Parse(c.raw))
			require.Equal(t, got, again)
			require.Equal(t, c.want.Kind == "", got.ID == "")
			got.ID = ""
			require.Equal(t, c.want, got)
		})
	}
	first, _ := parseAsked("T1", gjson.Parse(click))
	second, _ := parseAsked("T1", gjson.Parse(strings.Replace(click, "1600000200.5", "1600000201.5", 1)))
	require.NotEqual(t, first.ID, second.ID, "a second click is another asking")
}

func FuzzParseAsked(f *testing.F) {
	f.Add([]byte(click))
	f.Add([]byte(`{"command":"/andon","user_id":7}`))
	f.Add([]byte(`{"type":"view_submission","view":{"state":{"values":{"a":[],"b":{"c":{"selected_users":["U1",7]}}}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, _ := parseAsked("T1", gjson.ParseBytes(raw))
		for _, id := range []string{a.User, a.Channel, a.Message, a.Thread} {
			if id != "" && !strings.HasPrefix(id, "slack/T1/") {
				t.Fatalf("odd id %q", id)
			}
		}
		if strings.Contains(a.Text+a.Value+a.Action+a.Hidden, "\x00") {
			t.Fatal("a NUL")
		}
	})
}

// answering is a script, a poster for it and a socket that answers.
func answering(t testing.TB, interact Interact, change ...func(*Inbox)) (*script, *peer) {
	t.Helper()
	s := newScript(t)
	p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-1", URL: s.URL + "/api/", Limits: Limits{Off: true}})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	listening(t, s, func(k *Socket) {
		k.Inbox.Poster, k.Inbox.Interact = p, interact
		k.Inbox.Directory.SetChannels(nil)
		for _, c := range change {
			c(k.Inbox)
		}
	})
	return s, s.next(t)
}

func always(r view.Reply) Interact {
	return func(context.Context, view.Asked) (view.Reply, error) { return r, nil }
}

// called waits for a call of the Web API whose path and body hold all of want.
func called(t testing.TB, s *script, want ...string) string {
	t.Helper()
	var got string
	require.Eventually(t, func() bool {
		for _, c := range s.calls() {
			got = c
			for _, w := range want {
				if !strings.Contains(c, w) {
					got = ""
				}
			}
			if got != "" {
				return true
			}
		}
		return false
	}, 10*time.Second, time.Millisecond, "%v among %v", want, s.calls())
	return got
}

var hello = &view.Card{Title: "Hello", Kind: "answer"}

func TestCommandIsAnsweredInTheAcknowledgement(t *testing.T) {
	s, p := answering(t, always(view.Reply{Card: hello, Ephemeral: true}))
	p.send(envelope("slash_commands", "e", []byte(`{"command":"/andon","user_id":"U1","channel_id":"C1","trigger_id":"t"}`), `,"accepts_response_payload":true`))
	a := p.acked(t)
	require.Equal(t, "ephemeral", gjson.GetBytes(a.Payload, "response_type").Str)
	require.Equal(t, "Hello", gjson.GetBytes(a.Payload, "text").Str)
	require.Empty(t, s.calls())
}

func TestClickIsAcknowledgedAndAnsweredApart(t *testing.T) {
	s, p := answering(t, always(view.Reply{Card: hello, Ephemeral: true, Modal: &view.Modal{ID: "not_me", Title: "Who then?", Inputs: []view.Input{{ID: "who", Kind: view.PersonInput, Label: "Who"}}}, Home: []*view.Card{hello}}))
	p.send(envelope("interactive", "e", []byte(strings.Replace(click, "https://hooks.slack.com/x", s.URL+"/respond", 1)), `,"accepts_response_payload":true`))
	require.Empty(t, p.acked(t).Payload)
	called(t, s, "/api/views.open", `"trigger_id":"t1"`, `"callback_id":"not_me"`, `"block_id":"who"`)
	called(t, s, "/respond", `"response_type":"ephemeral"`, `"thread_ts":"1600000000.000000"`, `"replace_original":false`)
	called(t, s, "/api/views.publish", `"user_id":"U1"`, "Hello")
}

// TestResponseURLElsewhere: answers go to Slack only, whatever the payload says.
func TestResponseURLElsewhere(t *testing.T) {
	p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-1"})
	require.NoError(t, err)
	defer p.Close()
	for _, u := range []string{"http://hooks.slack.com/x", "https://evil.example/x", "https://hooks.slack.com.evil.example/", "file:///etc/passwd", "http://169.254.169.254/", "", ":"} {
		err := p.respond(context.Background(), u, said{})
		require.NotEmpty(t, failure(t, err).TerminalReason(), u)
	}
}

func TestLongAnswerIsSplitOff(t *testing.T) {
	long := &view.Card{Title: "x", Fallback: strings.Repeat("&", 4000)} // escaped, and escaped again in JSON
	for i := range 40 {
		long.Lines = append(long.Lines, view.Paragraph{Text: fmt.Sprint(i, strings.Repeat("ü", 200))})
	}
	s, p := answering(t, always(view.Reply{Card: long}))
	p.send(envelope("slash_commands", "e", []byte(`{"command":"/andon","user_id":"U1","channel_id":"C1","trigger_id":"t","response_url":"`+s.URL+`/respond"}`), ""))
	a := p.acked(t)
	if len(a.Payload) == 0 { // it was too long: S9
		called(t, s, "/respond", `"response_type":"in_channel"`)
		return
	}
	require.Less(t, len(a.Payload), maxAck)
}

func TestAckIsNeverTooLong(t *testing.T) {
	var inputs []view.Input
	for i := range 90 {
		inputs = append(inputs, view.Input{ID: fmt.Sprint(i), Label: strings.Repeat("l", 500)})
	}
	_, p := answering(t, always(view.Reply{Modal: &view.Modal{ID: "m", Title: "M", Inputs: inputs}}))
	p.send(envelope("interactive", "e1", []byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"m"}}`), `,"accepts_response_payload":true`))
	p.event("e2", said1("x"))
	require.Equal(t, "e2", p.acked(t).ID, "the modal that does not fit is not acknowledged: Slack shows that it did not work")
}

func TestSubmitIsAnsweredInTheAcknowledgement(t *testing.T) {
	answer := view.Reply{Modal: &view.Modal{ID: "next", Title: "Next", Lines: []view.Paragraph{{Text: "Thanks"}}}}
	s, p := answering(t, func(_ context.Context, a view.Asked) (view.Reply, error) {
		if a.Entered["what"] == "" {
			return view.Reply{Errors: map[string]string{"what": "Say what is wrong"}, Modal: answer.Modal}, nil
		}
		return answer, nil
	})
	submit := func(id, what string) string {
		return envelope("interactive", id, []byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"m","state":{"values":{"what":{"entry":{"value":"`+what+`"}}}}}}`), `,"accepts_response_payload":true`)
	}
	p.send(submit("a", ""))
	require.JSONEq(t, `{"response_action":"errors","errors":{"what":"Say what is wrong"}}`, string(p.acked(t).Payload))
	p.send(submit("b", "it hangs"))
	a := p.acked(t)
	require.Equal(t, "update", gjson.GetBytes(a.Payload, "response_action").Str)
	require.Equal(t, "next", gjson.GetBytes(a.Payload, "view.callback_id").Str)
	require.Empty(t, s.calls())
}

// TestSlowAnswerFollows: the acknowledgement does not wait for it.
func TestSlowAnswerFollows(t *testing.T) {
	hold := make(chan struct{})
	s, p := answering(t, func(ctx context.Context, a view.Asked) (view.Reply, error) {
		<-hold
		return view.Reply{Card: hello, Ephemeral: true}, nil
	}, func(in *Inbox) { in.Patience = time.Millisecond })
	p.send(envelope("slash_commands", "e", []byte(`{"command":"/andon","user_id":"U1","channel_id":"C1","trigger_id":"t","response_url":"`+s.URL+`/respond"}`), ""))
	require.Contains(t, string(p.acked(t).Payload), "the answer follows")
	p.send(envelope("interactive", "m", []byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"m","state":{"values":{"what":{"entry":{"value":"x"}}}}}}`), ""))
	require.Equal(t, "errors", gjson.GetBytes(p.acked(t).Payload, "response_action").Str, "what was entered is not lost")
	close(hold)
	called(t, s, "/respond", "Hello")
}

func TestFailedAnswer(t *testing.T) {
	_, p := answering(t, func(context.Context, view.Asked) (view.Reply, error) { return view.Reply{}, errors.New("no") })
	p.send(envelope("interactive", "e1", []byte(click), ""))
	p.send(envelope("slash_commands", "e2", []byte(`{"command":"/andon","user_id":"U1"}`), ""))
	a := p.acked(t)
	require.Equal(t, "e2", a.ID, "the click is not acknowledged: Slack marks it")
	require.Contains(t, string(a.Payload), "try again")
}

// TestSpokenTo: the Home tab and words to andon are stored and answered, once.
func TestSpokenTo(t *testing.T) {
	var mu sync.Mutex
	var asked []view.Asked
	s, p := answering(t, func(_ context.Context, a view.Asked) (view.Reply, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, a)
		if a.Kind == view.Home {
			return view.Reply{Home: []*view.Card{hello}}, nil
		}
		return view.Reply{Card: hello}, nil
	})
	home := delivered(fields{"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home", "event_ts": "1600000100.1"}, fields{"event_id": "EvHome"})
	direct := delivered(fields{"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "status PAY-17", "ts": "1600000100.000200"}, fields{"event_id": "EvDirect"})
	mention := delivered(fields{"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UANDON> who PAY-17", "ts": "1600000100.000300"}, fields{"event_id": "EvMention"})
	for _, raw := range [][]byte{
		home, direct, mention, home, direct, mention,
		delivered(fields{"type": "message", "channel": "D1", "channel_type": "im", "user": "UANDON", "text": "mine", "ts": "1600000100.000400"}),
		delivered(fields{"type": "message", "channel": "D1", "channel_type": "im", "bot_id": "B9", "user": "U3", "text": "a bot's", "ts": "1600000100.000500"}),
		delivered(fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "to others", "ts": "1600000100.000600"}),
		delivered(fields{"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UANDON> elsewhere", "ts": "1600000100.000700"}, fields{"is_ext_shared_channel": true}),
	} {
		p.event("e", raw)
		p.acked(t)
	}
	called(t, s, "/api/views.publish", "Hello")
	called(t, s, "/api/chat.postMessage", "channel=D1", "asked%2FEvDirect")
	called(t, s, "/api/chat.postMessage", "channel=C1", "thread_ts=1600000100.000300")
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, asked, 3)
	texts := map[view.Ask]string{}
	for _, a := range asked {
		texts[a.Kind] += a.ID + " " + a.Text
		require.Equal(t, "slack/T1/U1", a.User)
	}
	require.Equal(t, "EvHome ", texts[view.Home])
	require.Contains(t, texts[view.Mention], "EvDirect status PAY-17")
	require.Contains(t, texts[view.Mention], "EvMention who PAY-17")
}

func TestModalOf(t *testing.T) {
	m := &view.Modal{
		ID: "raise", Title: "Raise a signal about something", Hidden: "C1", Lines: []view.Paragraph{{Text: "<!channel>"}},
		Inputs: []view.Input{
			{ID: "what", Kind: view.TextInput, Label: "What", Value: strings.Repeat("x", 4000), Hint: "In one line"},
			{ID: "how", Kind: view.ChoiceInput, Label: "How", Options: []view.Option{{Text: "Loud", Value: "l"}, {Text: "Quiet", Value: "q"}}, Value: "q"},
			{ID: "who", Kind: view.PersonInput, Label: "Who", Value: "slack/T1/U7", Optional: true},
			{ID: "where", Kind: view.ChannelInput, Label: "Where", Value: "slack/T2/C7"},
		},
	}
	v, err := modalOf("T1", m)
	require.NoError(t, err)
	b, err := json.Marshal(v)
	require.NoError(t, err)
	got := gjson.ParseBytes(b)
	for path, want := range map[string]string{
		"title.text": "Raise a signal about so…", "submit.text": "Send", "callback_id": "raise", "private_metadata": "C1",
		"blocks.1.element.multiline": "true", "blocks.2.element.initial_option.value": "q", "blocks.3.element.initial_user": "U7",
		"blocks.4.element.initial_conversation": "", "blocks.3.optional": "true", "blocks.1.hint.text": "In one line",
	} {
		require.Equal(t, want, got.Get(path).String(), path)
	}
	require.Len(t, []rune(got.Get("blocks.1.element.initial_value").Str), maxEntry)

	for want, change := range map[string]func(*view.Modal){
		"no title": func(m *view.Modal) { m.Title = " " }, "its id": func(m *view.Modal) { m.ID = "" }, "carries": func(m *view.Modal) { m.Hidden = strings.Repeat("x", 3001) },
		"same id": func(m *view.Modal) { m.Inputs[1].ID = "what" }, "no label": func(m *view.Modal) { m.Inputs[0].Label = "" }, "0 options": func(m *view.Modal) { m.Inputs[1].Options = nil },
		"value of 1": func(m *view.Modal) { m.Inputs[1].Options = []view.Option{{Text: "a"}} }, "not known": func(m *view.Modal) { m.Inputs[0].Kind = "date" },
		"0 parts": func(m *view.Modal) { m.Inputs, m.Lines = nil, nil }, "100": func(m *view.Modal) {
			m.Inputs = nil
			for i := range 101 {
				m.Inputs = append(m.Inputs, view.Input{ID: fmt.Sprint(i), Label: "l"})
			}
		},
	} {
		c := *m
		c.Inputs = append([]view.Input{}, m.Inputs...)
		change(&c)
		_, err := modalOf("T1", &c)
		require.ErrorContains(t, err, want)
	}
}

func TestHomeBlocks(t *testing.T) {
	var cards []*view.Card
	for i := range 60 {
		cards = append(cards, &view.Card{Title: fmt.Sprint(i), Lines: []view.Paragraph{{Text: "x"}}})
	}
	blocks, err := homeBlocks("T1", cards)
	require.NoError(t, err)
	require.LessOrEqual(t, len(blocks), maxViewBlocks)
	b, err := json.Marshal(blocks[len(blocks)-1])
	require.NoError(t, err)
	require.Contains(t, string(b), "… and 27 more")
	blocks, err = homeBlocks("T1", []*view.Card{})
	require.NoError(t, err)
	require.NotNil(t, blocks, "an empty Home tab is a list without blocks, not null")
}
