package text

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokens(t *testing.T) {
	for in, want := range map[string]string{
		"The build is red.":              "the build is red",
		"parseURLFast":                   "parseurlfast parse url fast",
		"snake_case_name":                "snake_case_name snake case name",
		"db.pool.maxSize=3":              "db.pool.maxsize db pool max size 3",
		"re-run 1.7.5":                   "re-run re run 1.7.5",
		"iPhone iOS API":                 "iphone phone ios os api",
		"don't":                          "don't",
		"std::vector":                    "std::vector std vector",
		"a/b c\\d":                       "a b c d",
		"Größe naïve":                    "größe naïve",
		"end.":                           "end",
		"__init__":                       "init",
		strings.Repeat("x", maxWord+1):   "",
		"日本語 テスト":                        "日本語 テスト",
		"":                               "",
		"...":                            "",
		"HTTPServer2":                    "httpserver2 http server2",
		"Foo's":                          "foo's",
		"mixed — dashes “quotes” LinkIt": "mixed dashes quotes linkit link it",
	} {
		require.Equal(t, want, strings.Join(Tokens(in, nil), " "), in)
	}
}

func TestStem(t *testing.T) {
	require.Equal(t, Stem("connections"), Stem("connected"))
	require.NotEqual(t, Stem("universal"), Stem("build"))
}

func TestTemplate(t *testing.T) {
	for in, want := range map[string]string{
		"took 3000 ms":          "took <*> ms",
		"took 3000ms":           "took <*>",
		"worker-17 died":        "worker-<*> died",
		"thread pool_3 is full": "thread pool_<*> is full",
		"id 550e8400-e29b-41d4-a716-446655440000 gone": "id <*> gone",
		"at 0x7fff5fbff8a0":                            "at <*>",
		"host 10.0.0.1:8080 refused":                   "host <*> refused",
		"open /var/log/x/y.log: denied":                "open <*>: denied",
		`open C:\temp\x\y.log failed`:                  "open <*> failed",
		`no column "total" in 'orders'`:                "no column <*> in <*>",
		"log4j is old":                                 "log4j is old",
		"version v1.2.3 and 4.5":                       "version <*> and <*>",
		"see https://x.example/a?b=1 please":           "see <*> please",
		"com.acme.Foo@1a2b3c":                          "com.acme.Foo@<*>",
		"12:30:01,123   WARN  low":                     "<*>,<*> WARN low",
		"1 2 3":                                        "<*>",
		"can't connect":                                "can't connect",
		"":                                             "",
		"no values here":                               "no values here",
	} {
		require.Equal(t, want, Template(in), in)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"a 1", `"x`, "/a/b", "0x", "''''", "-1", "v1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Template(s)
		if len(out) > 4*len(s)+8 {
			t.Fatalf("%q became %q", s, out)
		}
		if strings.HasSuffix(out, " ") {
			t.Fatalf("%q ends in a blank", out)
		}
	})
}

func TestTemplates(t *testing.T) {
	log := `2024-03-01 12:00:01,123 INFO  [main] o.a.Boot - started in 3 s
2024-03-01 12:00:02,456 ERROR [worker-7] o.a.Pool - lease 41 expired
java.lang.IllegalStateException: pool 3 closed
	at org.acme.Pool.lend(Pool.java:41)
	at org.acme.Desk.ask(Desk.java:7)
	at org.acme.A.a(A.java:1)
	at org.acme.A.b(A.java:2)
	at org.acme.A.c(A.java:3)
Caused by: java.io.IOException: gone
	at org.acme.Net.read(Net.java:9)
int x = new Error();
`
	got := Templates(log, 10)
	require.Contains(t, got, "java.lang.IllegalStateException: pool <*> closed")
	require.Contains(t, got, "at org.acme.Pool.lend")
	require.Contains(t, got, "java.io.IOException: gone")
	require.NotContains(t, got, "at org.acme.A.c", "only the top frames")
	for _, s := range got {
		require.NotContains(t, s, "new Error", "code is no output")
		require.NotContains(t, s, "2024")
	}
	require.Len(t, Templates(log, 2), 2)
	require.Empty(t, Templates("x = 1\ny = 2\n", 5))
	require.Equal(t, Templates(log, 10), Templates(strings.ReplaceAll(log, "12:00", "17:31"), 10), "times do not matter")
	py := "Traceback (most recent call last):\n  File \"/srv/app/jobs.py\", line 7, in run\n    go()\nValueError: bad value 17\n"
	require.Contains(t, Templates(py, 5), "ValueError: bad value <*>")
}
