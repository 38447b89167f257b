package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals/detect"
)

var ours = filepath.Join("..", "..", "..", "..")

// TestUnseenRooms: the rooms of the development data, each judged by weights of the others.
func TestUnseenRooms(t *testing.T) {
	want, err := readAims(filepath.Join(ours, "docs", "eval", "aims.yaml"))
	require.NoError(t, err)
	c := settings{shared: filepath.Join(ours, "..", "shared"), evals: filepath.Join(ours, "docs", "eval")}
	if _, err := os.Stat(filepath.Join(c.shared, "data", want.Unseen.Gold)); err != nil {
		t.Skipf("the labelled rooms are not here: put the development data at ../shared/data beside the repository: %v", err)
	}
	m, err := readMarks(t.Context(), c, want.Unseen)
	require.NoError(t, err)
	require.Greater(t, detect.RoomsF1(m.examples, m.judged(parts[0])), 0.70)
}

// roomsAt writes an export with two invented rooms and its labels: those who
// write of a crash tell of a fault.
func roomsAt(t *testing.T) (settings, rooms) {
	dir := t.TempDir()
	put := func(name, text string) {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	put("docs/x.yaml", "slack:\n  - team: slack\n")
	put("data/x/users.json", `[{"id":"U1","name":"ann"}]`)
	put("data/x/channels.json", `[{"id":"C1","name":"shop"},{"id":"C2","name":"desk"}]`)
	var gold []string
	for i, room := range []string{"shop", "desk"} {
		var posts []string
		for k := range 20 {
			text, label := "how can I change the colour of the page?", 0
			if k%2 == 0 {
				text, label = "the page crashes with an error since the update to 2.4, is this a known bug?", 1
			}
			ts := fmt.Sprintf("%d.000000", 1483315200+k*86400)
			posts = append(posts, fmt.Sprintf(`{"type":"message","user":"U1","text":%q,"ts":%q}`, text, ts))
			gold = append(gold, fmt.Sprintf(`{"room":%q,"channel":"C%d","root":%q,"label":%d}`, room, i+1, ts, label))
		}
		put("data/x/"+room+"/2017-01-02.json", "["+strings.Join(posts, ",")+"]")
	}
	put("data/gold.json", "["+strings.Join(gold, ",")+"]")
	return settings{shared: dir, evals: filepath.Join(dir, "docs"), boot: 20}, rooms{Set: "x", Slack: "x", Gold: "gold.json"}
}

func TestReplayOfUnseenRooms(t *testing.T) {
	c, r := roomsAt(t)
	m, err := readMarks(t.Context(), c, r)
	require.NoError(t, err)
	require.Equal(t, []string{"shop", "desk"}, m.rooms)
	for _, x := range m.without("shop") {
		require.Equal(t, "desk", x.Room)
	}
	out := t.TempDir()
	require.NoError(t, m.replay(out))
	raw, err := os.ReadFile(filepath.Join(out, "signals.jsonl"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	require.Len(t, lines, 20, "the ten of each room that tell of a fault")
	require.Contains(t, lines[0], `"case":"slack:C1/1483315200.000000","detector":"untracked_problem"`)
	require.Contains(t, lines[0], `"evidence":["slack:C1/1483315200.000000"]`)

	for i, x := range m.examples {
		x.Fault = x.Fault != (i < 20) // the first room is labelled the wrong way round: the second learns that
	}
	require.NoError(t, m.replay(out))
	raw, err = os.ReadFile(filepath.Join(out, "signals.jsonl"))
	require.NoError(t, err)
	lines = strings.Split(strings.TrimSpace(string(raw)), "\n")
	require.NotContains(t, string(raw), "slack:C2/1483315200.000000", "a room is judged by weights of the other")
	require.Contains(t, lines[0], "slack:C1/1483315200.000000")
}

func TestIngredients(t *testing.T) {
	c, r := roomsAt(t)
	var out bytes.Buffer
	require.NoError(t, ingredients(t.Context(), c, r, &out))
	require.Contains(t, out.String(), "| everything | 1.000 | 1.000 |")
	require.Contains(t, out.String(), "\nconstant\t")
	for _, p := range parts {
		require.Contains(t, out.String(), "| "+p.name+" | ")
	}
	_, err := readMarks(t.Context(), c, rooms{Set: "x", Slack: "x", Gold: "none.json"})
	require.ErrorContains(t, err, "read the labels")
	_, err = readMarks(t.Context(), c, rooms{Set: "y", Slack: "x", Gold: "gold.json"})
	require.ErrorContains(t, err, "y.yaml")
}
