package slack

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// files is an export as names and contents.
type files map[string]string

func (f files) dir(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range f {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return root
}

func (f files) pack(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(f[name]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func write(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.zip")
	require.NoError(t, os.WriteFile(path, b, 0o600))
	return path
}

func (f files) zip(t testing.TB) string { t.Helper(); return write(t, f.pack(t)) }

func (f files) with(name, content string) files {
	out := maps.Clone(f)
	out[name] = content
	return out
}

func read(path string, o ExportOptions) ([]*signals.Event, Report, error) {
	var out []*signals.Event
	report, err := ReadExport(context.Background(), path, o, func(events []*signals.Event) error {
		out = append(out, events...)
		return nil
	})
	return out, report, err
}

// small has every kind of channel.
var small = files{
	"users.json": `[{"id":"U1","name":"ada","real_name":"Ada Bell","tz":"Europe/Oslo","profile":{"email":"ada@example.com"}},
		{"id":"U2","name":"ben"},{"id":"U3","name":"robo","is_bot":true},{"id":"U4","name":"guest","is_ultra_restricted":true,"deleted":true,"is_stranger":true}]`,
	"channels.json":           `[{"id":"C1","name":"general","created":1600000000,"members":["U1","U2"]}]`,
	"groups.json":             `[{"id":"G1","name":"secret","created":1600000000,"members":["U1"]}]`,
	"dms.json":                `[{"id":"D1","created":1600000001,"members":["U1","U2"]}]`,
	"mpims.json":              `[{"id":"M1","name":"mpdm-ada--ben-1","created":1600000002,"members":["U2"]}]`,
	"integration_logs.json":   `[]`,
	"general/2020-09-13.json": `[{"type":"message","user":"U1","text":"it hangs","ts":"1600000100.000200"}]`,
	"general/2020-09-14.json": `[{"type":"message","user":"U2","text":"here too","ts":"1600100000.000100","thread_ts":"1600000100.000200"}]`,
	"secret/2020-09-13.json":  `[{"type":"message","user":"U1","text":"quietly","ts":"1600000100.000200"}]`,
	"D1/2020-09-13.json":      `[{"type":"message","user":"U2","text":"psst","ts":"1600000300.000000"}]`,
}

func TestReadExport(t *testing.T) {
	events, report, err := read(small.dir(t), ExportOptions{Team: "T1"})
	require.NoError(t, err)
	require.Empty(t, report.Rejects)
	require.Empty(t, report.Warnings)
	require.Equal(t, Report{
		Channels: 3, Files: 4, Users: 4, Messages: 4, Events: 7,
		Names:  map[string]string{"slack/T1/C1": "general", "slack/T1/G1": "secret", "slack/T1/D1": "D1", "slack/T1/M1": "mpdm-ada--ben-1"},
		People: report.People,
	}, report)
	require.Equal(t, Person{ID: "slack/T1/U1", Name: "ada", RealName: "Ada Bell", Email: "ada@example.com", Zone: "Europe/Oslo"}, report.People[0])
	require.Equal(t, Person{ID: "slack/T1/bot:U3", Name: "robo", Bot: true}, report.People[2])
	require.Equal(t, Person{ID: "slack/T1/U4", Name: "guest", Deleted: true, Restricted: true, Stranger: true}, report.People[3])

	byID := make(map[string]*signals.Event)
	for _, e := range events {
		byID[e.ID] = e
	}
	root, reply := byID["slack/T1/C1/1600000100.000200"], byID["slack/T1/C1/1600100000.000100"]
	require.Equal(t, &signals.Event{
		ID: "slack/T1/C1/1600000100.000200", Case: signals.SlackThread("T1", "C1", "1600000100.000200"),
		Seq: signals.Seq{Entry: 1600000100000200}, Kind: signals.Said, Actor: "slack/T1/U1",
		At: time.Date(2020, 9, 13, 12, 28, 20, 200_000, time.UTC), Text: "it hangs", Audience: signals.Public,
	}, root)
	require.Equal(t, root.Case, reply.Case)
	require.Equal(t, root.ID, reply.Ref)
	require.Equal(t, signals.MembersOf("slack/T1/G1"), byID["slack/T1/G1/1600000100.000200"].Audience)
	require.Equal(t, signals.MembersOf("slack/T1/D1"), byID["slack/T1/D1/1600000300.000000"].Audience)
	require.NotContains(t, byID, "slack/T1/G1/member/U1", "who is in a private channel today was perhaps not in it then")
	joined := byID["slack/T1/D1/member/U1"]
	require.Equal(t, signals.Joined, joined.Kind)
	require.Equal(t, "slack/T1/U1", joined.To)
	require.Equal(t, "slack/T1/D1", joined.Case.Channel())
	require.Equal(t, "slack/T1/D1", joined.Case.String())
}

func TestZipEqualsFolder(t *testing.T) {
	want, report, err := read(small.dir(t), ExportOptions{})
	require.NoError(t, err)
	nested, windows := files{}, files{}
	for name, content := range small {
		nested["Our export 2020/"+name] = content
		windows[`Export\`+strings.ReplaceAll(name, "/", `\`)] = content
	}
	nested["__MACOSX/Our export 2020/._users.json"] = "\x00\x05"
	for name, path := range map[string]string{"zip": small.zip(t), "nested": nested.zip(t), "nested folder": nested.dir(t), "windows": windows.zip(t)} {
		t.Run(name, func(t *testing.T) {
			got, r, err := read(path, ExportOptions{})
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Equal(t, report, r)
		})
	}
}

func TestOptions(t *testing.T) {
	events, report, err := read(small.dir(t), ExportOptions{
		Skip:     func(name string) bool { return name != "general" },
		Audience: func(c Channel) signals.Audience { return signals.MembersOf(c.Name) },
	})
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.Equal(t, signals.MembersOf("general"), events[0].Audience)
	require.Equal(t, 1, report.Channels)

	_, _, err = read(small.dir(t), ExportOptions{Team: "E1/T1"})
	require.ErrorContains(t, err, "slash")
	_, _, err = read(small.dir(t), ExportOptions{MaxFiles: 3})
	require.ErrorContains(t, err, "more than 3 files")
	_, _, err = read(small.dir(t), ExportOptions{MaxTotal: 700})
	require.ErrorIs(t, err, errTotal)
	_, report, err = read(small.dir(t), ExportOptions{MaxFile: 110})
	require.NoError(t, err)
	require.Positive(t, report.Rejected)
	require.ErrorContains(t, report.Rejects[0].Err, "the bound is 110")

	stop := errors.New("stop")
	_, err = ReadExport(context.Background(), small.dir(t), ExportOptions{}, func([]*signals.Event) error { return stop })
	require.ErrorIs(t, err, stop)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = ReadExport(ctx, small.dir(t), ExportOptions{}, func([]*signals.Event) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
}

func message1(ts, text string) string {
	b, _ := json.Marshal(map[string]string{"type": "message", "user": "U1", "ts": ts, "text": text})
	return string(b)
}

func TestBadFiles(t *testing.T) {
	good := message1("1600000100.000100", "first")
	day := "general/2020-09-13.json"
	tests := []struct {
		name, content string
		messages      int
		where, err    string
	}{
		{"cut", "[" + good + `,{"type":"mess`, 1, day, "broken JSON after 1 elements"},
		{"no end", "[" + good, 1, day, "broken JSON after 1 elements"},
		{"more behind", "[" + good + "] []", 1, day, "behind the array"},
		{"object", good, 0, day, "not a JSON array"},
		{"empty", " \n", 0, day, "empty"},
		{"null", "null", 0, day, "not a JSON array"},
		{"utf-16", "\xff\xfe[\x00]\x00", 0, day, "UTF-16"},
		{"utf-16 without mark", "[\x00{\x00", 0, day, "UTF-16"},
		{"binary", "\x00\x01\x02", 0, day, "binary"},
		{"deep", strings.Repeat("[", 20_000), 0, day, "broken JSON"},
		{"scalars", `[1,"a",null,[],` + good + "]", 1, day + "#0", "not an object"},
		{"no ts", `[{"type":"message","text":"x"},` + good + "]", 1, day + "#0", "ts"},
		{"1970", "[" + message1("1.000000", "x") + "," + good + "]", 1, day + "#0", "absurd"},
		{"2500", "[" + message1("16725225600.000000", "x") + "," + good + "]", 1, day + "#0", "absurd"},
		{"not a number", "[" + message1("yesterday", "x") + "," + good + "]", 1, day + "#0", "not seconds"},
		{"thread_ts", `[{"ts":"1600000100.000000","thread_ts":"-1"},` + good + "]", 1, day + "#0", "ts"},
		{"same ts", "[" + good + `,{"user":"U2","ts":"1600000100.000100","text":"other"}]`, 1, day + "#1", "duplicate id"},
		{"large", `[{"ts":"1600000099.000100","text":"` + strings.Repeat("x", maxMessage) + `"},` + good + "]", 1, day + "#0", "the bound is"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			events, report, err := read(files{"channels.json": small["channels.json"], "users.json": small["users.json"], day: test.content}.dir(t), ExportOptions{})
			require.NoError(t, err)
			require.Equal(t, test.messages, report.Messages)
			require.Len(t, events, test.messages)
			require.NotEmpty(t, report.Rejects)
			require.Equal(t, test.where, report.Rejects[0].Where)
			require.ErrorContains(t, report.Rejects[0], test.err)
			require.LessOrEqual(t, len(report.Rejects[0].Raw), maxRaw)
		})
	}
}

func TestEncodings(t *testing.T) {
	for name, content := range map[string]string{
		"mark":    "\xef\xbb\xbf[" + message1("1600000100.000100", "Grüße") + "]",
		"latin-1": `[{"ts":"1600000100.000100","text":"Gr` + "\xfc\xdf" + `e"}]`,
		"nul":     `[{"ts":"1600000100.000100","text":"Gr\u0000üße"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			events, report, err := read(small.with("general/2020-09-13.json", content).dir(t), ExportOptions{Skip: func(n string) bool { return n != "general" }})
			require.NoError(t, err)
			require.Zero(t, report.Rejected)
			want := "Grüße"
			if name == "latin-1" {
				want = "Gr\uFFFDe"
				require.Len(t, report.Warnings, 1)
			}
			require.Equal(t, want, events[0].Text)
		})
	}
}

func TestBadExports(t *testing.T) {
	whole := small.pack(t)
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for i := range 4 {
		w, err := z.Create(fmt.Sprintf("general/2020-09-1%d.json", i))
		require.NoError(t, err)
		_, err = w.Write(bytes.Repeat([]byte(" "), bombFloor))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	two := files{}
	for name, content := range small {
		two["a/"+name], two["b/"+name] = content, content
	}
	tests := map[string]struct{ path, err string }{
		"missing":     {filepath.Join(t.TempDir(), "none.zip"), "none.zip"},
		"empty file":  {write(t, nil), "not a whole .zip"},
		"binary":      {write(t, []byte("\x00\x01\x02\x03")), "not a whole .zip"},
		"cut":         {write(t, whole[:len(whole)-30]), "not a whole .zip"},
		"empty zip":   {files{}.zip(t), "channels.json"},
		"empty dir":   {t.TempDir(), "YYYY-MM-DD.json"},
		"only index":  {files{"channels.json": "[]", "users.json": "[]"}.dir(t), "YYYY-MM-DD.json"},
		"bomb":        {write(t, bomb.Bytes()), "zip bomb"},
		"two exports": {two.dir(t), "several exports"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := read(test.path, ExportOptions{})
			require.ErrorContains(t, err, test.err)
		})
	}
}

func TestCorruptEntry(t *testing.T) {
	b := small.pack(t)
	at := bytes.Index(b, []byte("general/2020-09-14.json"))
	require.Positive(t, at)
	for i := range 8 {
		b[at+len("general/2020-09-14.json")+i] ^= 0xff
	}
	events, report, err := read(write(t, b), ExportOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, report.Rejected)
	require.Equal(t, "general/2020-09-14.json", report.Rejects[0].Where)
	require.Equal(t, 3, report.Messages)
	require.Len(t, events, 6)
}

func TestPathsThatLeadOut(t *testing.T) {
	f := small.with("../general/2020-09-15.json", small["general/2020-09-14.json"]).with("/etc/2020-09-15.json", "[]")
	_, report, err := read(f.zip(t), ExportOptions{})
	require.NoError(t, err)
	require.Equal(t, 2, report.Rejected)
	require.ErrorContains(t, report.Rejects[0], "leads out")
	require.Equal(t, 4, report.Messages)
}

func TestMissingIndexFiles(t *testing.T) {
	f := files{"general/2020-09-13.json": small["general/2020-09-13.json"]}
	events, report, err := read(f.zip(t), ExportOptions{})
	require.NoError(t, err)
	require.Len(t, report.Warnings, 2)
	require.Equal(t, "slack/slack/general/1600000100.000200", events[0].ID)
	require.Equal(t, signals.Restricted, events[0].Audience)
	require.Equal(t, map[string]string{"slack/slack/general": "general"}, report.Names)

	_, report, err = read(small.with("channels.json", `[{"id":"C1","name":"general"},{"na`).dir(t), ExportOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, report.Rejected)
	require.Equal(t, "general", report.Names["slack/slack/C1"])

	// A folder that two files claim is as private as the more private one.
	events, report, err = read(files{
		"channels.json": `[{"id":"C1","name":"general"},{"id":"a/b","name":"odd"},{}]`, "groups.json": `[{"id":"G1","name":"general","members":["U1"]}]`,
		"users.json": `[{"name":"no id"},{"id":"U1"},{"id":"U1"}]`, "general/2020-09-13.json": f["general/2020-09-13.json"],
		"general/notes.txt": "", "general/2020-13-45.json": "[]",
	}.dir(t), ExportOptions{})
	require.NoError(t, err)
	require.Equal(t, 3, report.Rejected)
	require.Len(t, report.Warnings, 3)
	require.Equal(t, signals.MembersOf("slack/slack/G1"), events[0].Audience)
}
