package fakeslack

import (
	"context"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestTriggersExpire(t *testing.T) {
	c := newClock()
	fake, api, _ := stand(t, Options{Strict: true, Manual: true, Now: c.Now, People: []Person{{ID: "U1"}}})
	view := slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: slackgo.NewTextBlockObject("plain_text", "t", false, false), Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{slackgo.NewDividerBlock()}}}
	trigger := func() string {
		fake.mu.Lock()
		defer fake.mu.Unlock()
		return fake.newTrigger("U1", "")
	}
	_, err := api.OpenView("invented", view)
	require.ErrorContains(t, err, "invalid_trigger_id")
	late := trigger()
	c.add(3*time.Second + time.Millisecond)
	_, err = api.OpenView(late, view)
	require.ErrorContains(t, err, "expired_trigger_id")
	once := trigger()
	c.add(3 * time.Second)
	_, err = api.OpenView(once, view)
	require.NoError(t, err)
	_, err = api.OpenView(once, view)
	require.ErrorContains(t, err, "exchanged_trigger_id")
	for range 2 {
		_, err = api.PushView(trigger(), view)
		require.NoError(t, err)
	}
	_, err = api.PushView(trigger(), view)
	require.ErrorContains(t, err, "push_limit_reached")
	open := fake.Modals("U1")
	require.Len(t, open, 3)
	require.Equal(t, []string{open[0].ID, open[1].ID}, []string{open[2].Root, open[2].Previous})
	_, err = api.UpdateView(view, "", "old hash", open[0].ID)
	require.ErrorContains(t, err, "hash_conflict")
	require.NoError(t, fake.CloseView("U1", open[2].ID, false))
	require.NoError(t, fake.CloseView("U1", open[1].ID, true))
	require.Empty(t, fake.Modals("U1"))
	require.Error(t, fake.CloseView("U1", open[0].ID, false))
	require.ErrorIs(t, fake.Shortcut(context.Background(), "U1", "raise", "", ""), ErrNoApp)
}

func TestModals(t *testing.T) {
	fake, api, app := overHTTP(t, Options{})
	ctx := t.Context()
	text := func(s string) *slackgo.TextBlockObject {
		return slackgo.NewTextBlockObject("plain_text", s, false, false)
	}
	input := slackgo.NewInputBlock("sum", text("Summary"), nil, slackgo.NewPlainTextInputBlockElement(nil, "v").WithMaxLength(10))
	view := slackgo.ModalViewRequest{Type: slackgo.VTModal, CallbackID: "cb", Title: text("Title"), Submit: text("Go"), NotifyOnClose: true, Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{input}}}
	open := func() string {
		require.NoError(t, fake.Shortcut(ctx, "U1", "raise", "", ""))
		v, err := api.OpenView(app.click().TriggerID, view)
		require.NoError(t, err)
		return v.View.ID
	}
	submit := func(answer any, value string) (map[string]string, error) {
		app.set(0, answer)
		all := fake.Modals("U1")
		return fake.Submit(ctx, "U1", all[len(all)-1].ID, map[string][]string{"sum": {value}})
	}
	open()
	wrong, err := submit(nil, strings.Repeat("x", 11))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"sum": "Please enter at most 10 characters."}, wrong)
	wrong, err = submit(slackgo.NewErrorsViewSubmissionResponse(map[string]string{"sum": "no"}), "a")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"sum": "no"}, wrong)
	require.Equal(t, "a", app.click().View.State.Values["sum"]["v"].Value)
	_, err = submit(slackgo.NewErrorsViewSubmissionResponse(map[string]string{"other": "no"}), "a")
	require.ErrorContains(t, err, "not the block_id of an input")
	_, err = submit(map[string]string{"response_action": "jump"}, "a")
	require.ErrorContains(t, err, "no response_action")
	_, err = submit(slackgo.NewPushViewSubmissionResponse(&view), "a")
	require.NoError(t, err)
	require.Len(t, fake.Modals("U1"), 2)
	second := view
	second.Title = text("Other")
	_, err = submit(slackgo.NewUpdateViewSubmissionResponse(&second), "a")
	require.NoError(t, err)
	require.Contains(t, string(fake.Modals("U1")[1].Body), "Other")
	bad := view
	bad.Title = text(strings.Repeat("x", 25))
	_, err = submit(slackgo.NewUpdateViewSubmissionResponse(&bad), "a")
	require.ErrorContains(t, err, "less than 25 characters")
	_, err = submit(slackgo.NewClearViewSubmissionResponse(), "a")
	require.NoError(t, err)
	require.Empty(t, fake.Modals("U1"))

	id := open()
	require.NoError(t, fake.CloseView("U1", id, false))
	require.Eventually(t, func() bool { return app.click().Type == slackgo.InteractionTypeViewClosed }, time.Minute, time.Millisecond)
	_, err = fake.Submit(ctx, "U1", id, nil)
	require.ErrorContains(t, err, "no modal")
	ts := fake.Say("C1", "U2", "", "a worry")
	require.NoError(t, fake.Shortcut(ctx, "U1", "raise", "C1", ts))
	require.Equal(t, []string{"message_action", "a worry", "raise"}, []string{string(app.click().Type), app.click().Message.Text, app.click().CallbackID})
}
