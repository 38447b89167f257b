package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunServesUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-token", "xoxb-1", "-team", "T5", "-from", "2026-03-02T09:00:00Z", "-speed", "60"}, in, io.Discard)
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address := strings.TrimSpace(line)

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	api := slackgo.New("xoxb-1", slackgo.OptionAPIURL(address+"/api/"), slackgo.OptionHTTPClient(client))
	a, err := api.AuthTest()
	require.NoError(t, err)
	require.Equal(t, "T5", a.TeamID)
	_, ts, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(ts, "17724"), "virtual time: %s", ts)
	stop()
	require.NoError(t, <-ended)
}

func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-nonsense"}, "not defined"},
		{[]string{"more"}, "no flag"},
		{[]string{"-listen", "nowhere:x"}, "listen on nowhere:x"},
		{[]string{"-speed", "2"}, "-speed needs -from"},
		{[]string{"-from", "monday"}, "-from"},
		{[]string{"-from", "2026-03-02T09:00:00Z", "-speed", "0"}, "-speed 0"},
		{[]string{"-from", "2026-03-02T09:00:00Z", "-speed", "NaN"}, "-speed NaN"},
	} {
		var out bytes.Buffer
		require.ErrorContains(t, run(t.Context(), c.args, &out, io.Discard), c.want, "%v", c.args)
	}
	require.NoError(t, run(t.Context(), []string{"-h"}, io.Discard, io.Discard))
}

func TestClock(t *testing.T) {
	wall := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now, err := clock("2026-03-02T09:00:00Z", 600, func() time.Time { return wall })
	require.NoError(t, err)
	wall = wall.Add(time.Second)
	require.Equal(t, "2026-03-02T09:10:00Z", now().Format(time.RFC3339))
}
