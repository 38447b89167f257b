package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"andon/signals"
	"andon/store/storetest"
)

// saidIn is the n-th thing said in a case, in an envelope of its own.
func saidIn(k signals.Key, n int, text string) signals.Delivery {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
	id := fmt.Sprintf("%s/%d", k, n)
	e := &signals.Event{ID: id, Case: k, Seq: signals.Seq{Entry: int64(n)}, Kind: signals.Said, Actor: "log/x/ann", At: at, Text: text, Audience: signals.Public}
	return signals.Delivery{Envelope: signals.Envelope{Source: signals.Log, ID: id, Received: at, Body: []byte("{}")}, Events: []*signals.Event{e}}
}

func logCase(n int) signals.Key {
	return signals.Key{Source: signals.Log, Site: "x", ID: fmt.Sprint(n)}
}

// looker looks as the loop does, and remembers how many events it saw last.
type looker struct {
	db    *DB
	mu    sync.Mutex
	seen  map[signals.Key]int
	looks int
	idle  chan struct{} // gets a value after each look
}

func newLooker(db *DB) *looker {
	return &looker{db: db, seen: map[signals.Key]int{}, idle: make(chan struct{}, 1)}
}

func (l *looker) look(ctx context.Context, k signals.Key) error {
	st, ok, err := l.db.Standing(ctx, k)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("no case %s", k)
	}
	events, err := l.db.CaseEvents(ctx, st.Last, k)
	if err != nil {
		return err
	}
	if err := l.db.Commit(ctx, signals.Outcome{Case: k, Looked: st.Last}); err != nil {
		return err
	}
	l.mu.Lock()
	l.seen[k] = max(l.seen[k], len(events[k]))
	l.looks++
	l.mu.Unlock()
	select {
	case l.idle <- struct{}{}:
	default:
	}
	return nil
}

// total is how many events the latest looks saw.
func (l *looker) total() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.seen {
		n += s
	}
	return n
}

// until waits until all n events were seen by a look.
func (l *looker) until(t testing.TB, n int) {
	t.Helper()
	for l.total() < n {
		soon(t, l.idle)
	}
}

// Events that arrive while their case is being looked at are judged: each case
// ends looked at up to its last event, and nothing stays queued.
func TestConformanceNoWakeUpIsLost(t *testing.T) {
	const cases, writers, perCall = 200, 8, 5
	events := 10_000
	if testing.Short() {
		events = 2_000
	}
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		l := newLooker(db)
		end := working(t, db, lookAt(l.look), db.settings())
		var next atomic.Int64
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for {
					from := int(next.Add(perCall)) - perCall
					if from >= events {
						return
					}
					var ds []signals.Delivery
					for n := from; n < from+perCall; n++ {
						ds = append(ds, saidIn(logCase(n%cases), n, "it is slow"))
					}
					if _, err := db.Append(t.Context(), ds...); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		l.until(t, events)
		end()
		require.Len(t, l.seen, cases)
		var open, queued int
		require.NoError(t, db.w.Get(&open, `SELECT COUNT(*) FROM cases WHERE last <> looked`))
		require.NoError(t, db.w.Get(&queued, `SELECT COUNT(*) FROM cases WHERE queued <> 0`))
		require.Equal(t, []int{0, 0}, []int{open, queued})
		require.Equal(t, map[string]int{"completed": l.looks}, jobStates(t, db), "as many jobs as looks that were stored")
	})
}

// The same at the one moment that matters, without chance.
func TestConformanceEventDuringLook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		l := newLooker(db)
		_, err := db.Append(t.Context(), saidIn(logCase(1), 1, "a"))
		require.NoError(t, err)
		first := true
		n, err := db.Drain(t.Context(), lookAt(func(ctx context.Context, k signals.Key) error {
			if first {
				first = false
				st, _, err := db.Standing(ctx, k)
				require.NoError(t, err)
				_, err = db.Append(ctx, saidIn(logCase(1), 2, "b"))
				require.NoError(t, err)
				return db.Commit(ctx, signals.Outcome{Case: k, Looked: st.Last})
			}
			return l.look(ctx, k)
		}))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Equal(t, 2, l.seen[logCase(1)])
	})
}

// leftRunning stores a job as a worker leaves it that was killed an hour ago.
func leftRunning(t *testing.T, db *DB, j job) claim {
	t.Helper()
	put(t, db, j)
	due, err := db.due(t.Context(), Handlers{
		Look:  func(context.Context, signals.Key) error { return nil },
		Fetch: func(context.Context, string, string) error { return nil },
		Tasks: map[string]Task{"x": {}},
	})
	require.NoError(t, err)
	c := due[len(due)-1]
	ok, err := db.begin(t.Context(), &c)
	require.NoError(t, err)
	require.True(t, ok)
	past := `strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 hour')`
	if db.postgres {
		past = `now() - interval '1 hour'`
	}
	_, err = db.w.Exec(db.w.Rebind(`UPDATE river_job SET attempted_at = `+past+` WHERE id = ?`), c.id)
	require.NoError(t, err)
	return c
}

// A job of a killed worker is worked again, on SQLite at the next start and on
// PostgreSQL by River's rescuer; also one of the kinds that run long. The killed
// worker's own transaction, should it live after all, does not commit.
func TestConformanceKilledWorker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		look := leftRunning(t, db, job{Kind: lookJob, Arg: "log/x/1"})
		fetch := leftRunning(t, db, job{Kind: fetchJob, Arg: "jira|1"})
		looked, fetched := make(chan claim, 10), make(chan string, 10)
		end := working(t, db, Handlers{
			Look: func(ctx context.Context, _ signals.Key) error {
				if err := done(ctx, db); err != nil {
					return err
				}
				looked <- ctx.Value(claimKey{}).(claim)
				return nil
			},
			Fetch: func(_ context.Context, _, ref string) error { fetched <- ref; return nil },
		}, db.settings())
		again := soon(t, looked)
		require.Equal(t, "1", soon(t, fetched))
		end()
		require.Equal(t, look.id, again.id)
		require.Equal(t, look.attempt+1, again.attempt)
		require.ErrorIs(t, done(withClaim(t.Context(), look), db), ErrStale)
		require.ErrorIs(t, done(withClaim(t.Context(), fetch), db), ErrStale)
		require.Equal(t, map[string]int{"completed": 2}, jobStates(t, db))
	})
}

// A long job is not taken for one of a killed worker: it renews itself.
func TestConformanceLongJobsRenewThemselves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		c := leftRunning(t, db, job{Kind: taskJob, Arg: "x"})
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); db.beat(ctx, time.Millisecond, c, cancel) }()
		recent := `strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 minute')`
		if db.postgres {
			recent = `now() - interval '1 minute'`
		}
		require.Eventually(t, func() bool {
			var n int
			return db.w.Get(&n, `SELECT COUNT(*) FROM river_job WHERE attempted_at > `+recent) == nil && n == 1
		}, patience, time.Millisecond)
		_, err := db.w.Exec(`UPDATE river_job SET attempt = attempt + 1`) // another worker took it
		require.NoError(t, err)
		soon(t, ended)
		require.ErrorIs(t, context.Cause(ctx), ErrStale)
	})
}

func TestConformanceLongJobThroughRiver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		s := db.settings()
		s.beat = time.Millisecond
		put(t, db, job{Kind: fetchJob, Arg: "jira|1"})
		cause := make(chan error, 1)
		end := working(t, db, Handlers{Fetch: func(ctx context.Context, _, _ string) error {
			_, err := db.w.Exec(`UPDATE river_job SET state = 'completed', finalized_at = ` + db.realNow())
			<-ctx.Done()
			cause <- errors.Join(err, context.Cause(ctx))
			return ctx.Err()
		}}, s)
		require.ErrorIs(t, soon(t, cause), ErrStale)
		end()
		require.Equal(t, map[string]int{"completed": 1}, jobStates(t, db))
	})
}

// A job that fails is tried again without end, and reported.
func TestConformanceFailuresAreReportedAndNeverGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		var log lines
		db.log = slog.New(slog.NewTextHandler(&log, nil))
		put(t, db, job{Kind: sendJob, Arg: "m1"}, job{Kind: sendJob, Arg: "m2"})
		_, err := db.w.Exec(`UPDATE river_job SET attempt = CASE id WHEN 1 THEN 9 ELSE 99 END`)
		require.NoError(t, err)
		tried := make(chan string, 10)
		end := working(t, db, Handlers{Send: func(_ context.Context, m string) error {
			tried <- m
			return errors.New("no such \x00channel")
		}}, db.settings())
		require.ElementsMatch(t, []string{"m1", "m2"}, []string{soon(t, tried), soon(t, tried)})
		end()
		qs, err := db.Queue(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, qs[1].Failures)
		require.Equal(t, 2, qs[1].Later, "both are tried again")
		require.Equal(t, "no such \uFFFDchannel", qs[1].Failing[0].Error)
		require.Equal(t, []int{10, someFailures + 1}, []int{qs[1].Failing[0].Attempts, qs[1].Failing[1].Attempts})
		require.Equal(t, 1, strings.Count(log.String(), "level=ERROR"), log.String())
		var late int
		require.NoError(t, db.w.Get(&late, `SELECT COUNT(*) FROM river_job WHERE scheduled_at > `+map[bool]string{
			true: `now() + interval '1 minute'`, false: `strftime('%Y-%m-%d %H:%M:%f', 'now', '+60 seconds')`}[db.postgres]))
		require.Zero(t, late, "within a minute")
	})
}

// lines is a log that several goroutines write.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Work lets what runs finish, tells what does not to give up, and leaves
// no goroutine behind.
func TestConformanceStopIsGraceful(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		before := goleak.IgnoreCurrent()
		db, err := Open(t.Context(), url, Options{Log: slog.New(slog.DiscardHandler), Migrate: true, Workers: 4})
		require.NoError(t, err)
		put(t, db, job{Kind: sendJob, Arg: "slow"}, job{Kind: sendJob, Arg: "endless"})
		begun, finish := make(chan string, 2), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		s := db.settings()
		s.stop = 200 * time.Millisecond
		result := make(chan error, 1)
		go func() {
			result <- db.work(ctx, Handlers{Send: func(ctx context.Context, m string) error {
				begun <- m
				if m == "slow" {
					<-finish
					return ctx.Err()
				}
				<-ctx.Done()
				return ctx.Err()
			}}, s)
		}()
		soon(t, begun)
		soon(t, begun)
		cancel()
		close(finish)
		require.NoError(t, soon(t, result))
		states := jobStates(t, db)
		require.Equal(t, 1, states["completed"], "what ran could finish")
		require.Equal(t, 1, states["retryable"]+states["available"], "what did not is resumed")
		require.NoError(t, db.Close())
		goleak.VerifyNone(t, before)
	})
}

func TestConformanceStuckHandlerDoesNotHoldUpTheStop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: sendJob, Arg: "deaf"})
		begun, wake := make(chan struct{}), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		s := db.settings()
		s.stop, s.cancel = 10*time.Millisecond, 10*time.Millisecond
		result := make(chan error, 1)
		var deaf sync.WaitGroup
		deaf.Add(1)
		go func() {
			result <- db.work(ctx, Handlers{Send: func(context.Context, string) error {
				defer deaf.Done()
				close(begun)
				<-wake
				return nil
			}}, s)
		}()
		soon(t, begun)
		cancel()
		require.ErrorContains(t, soon(t, result), "left to be resumed")
		require.Equal(t, map[string]int{"running": 1}, jobStates(t, db))
		close(wake)
		deaf.Wait()
	})
}

func TestConformanceWorkNeedsHandlers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		require.ErrorContains(t, queueDB(t, url, nil).Work(t.Context(), Handlers{}), "no handler")
	})
}

// On SQLite a second worker of the same file is refused as long as the first
// one works; on PostgreSQL they share the work.
func TestConformanceSecondWorker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		first, second := queueDB(t, url, nil), queueDB(t, url, nil)
		worked := make(chan string, 10)
		h := Handlers{Send: func(_ context.Context, m string) error { worked <- m; return nil }}
		put(t, first, job{Kind: sendJob, Arg: "m1"})
		end := working(t, first, h, first.settings())
		require.Equal(t, "m1", soon(t, worked))
		if !first.postgres {
			err := second.Work(t.Context(), h)
			require.ErrorContains(t, err, "another process works ")
			require.ErrorContains(t, err, "use PostgreSQL")
			end()
		}
		put(t, second, job{Kind: sendJob, Arg: "m2"})
		endSecond := working(t, second, h, second.settings())
		require.Equal(t, "m2", soon(t, worked))
		endSecond()
	})
}

// On PostgreSQL a commit wakes the workers, whatever they poll.
func TestConformanceCommitWakesWorkers(t *testing.T) {
	url := storetest.Postgres(t)
	db := queueDB(t, url, nil)
	s := db.settings()
	s.poll, s.slowPoll = time.Hour, time.Hour
	worked := make(chan string, 10)
	working(t, db, Handlers{
		Send:  func(_ context.Context, m string) error { worked <- m; return nil },
		Fetch: func(_ context.Context, _, ref string) error { worked <- ref; return nil },
	}, s)
	for n := range 5 {
		// The first may be found by the look around at the start, the others not.
		put(t, db, job{Kind: sendJob, Arg: fmt.Sprint("m", n)})
		require.Equal(t, fmt.Sprint("m", n), soon(t, worked))
		require.NoError(t, db.Hint(t.Context(), "jira", fmt.Sprint(n)))
		require.Equal(t, fmt.Sprint(n), soon(t, worked))
	}
}

// Fetches that hang do not hold up looks and sends.
func TestConformanceSlowFetchesBlockNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		for n := range 20 {
			put(t, db, job{Kind: fetchJob, Arg: fmt.Sprint("jira|", n)})
		}
		hung, release, looked := make(chan struct{}, 20), make(chan struct{}), make(chan string, 10)
		end := working(t, db, Handlers{
			Fetch: func(context.Context, string, string) error { hung <- struct{}{}; <-release; return nil },
			Send:  func(_ context.Context, m string) error { looked <- m; return nil },
		}, db.settings())
		for range 4 {
			soon(t, hung)
		}
		put(t, db, job{Kind: sendJob, Arg: "m"})
		require.Equal(t, "m", soon(t, looked))
		close(release)
		end()
	})
}

// What is done is forgotten after an hour.
func TestConformanceCompletedJobsAreDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: lookJob, Arg: "log/x/old"}, job{Kind: lookJob, Arg: "log/x/new"})
		h := lookAt(func(ctx context.Context, _ signals.Key) error { return done(ctx, db) })
		_, err := db.Drain(t.Context(), h)
		require.NoError(t, err)
		past := `strftime('%Y-%m-%d %H:%M:%f', finalized_at, '-61 minutes')`
		if db.postgres {
			past = `finalized_at - interval '61 minutes'`
		}
		_, err = db.w.Exec(`UPDATE river_job SET finalized_at = ` + past + ` WHERE id = 1`)
		require.NoError(t, err)
		working(t, db, h, db.settings())
		require.Eventually(t, func() bool {
			var ids []int
			return db.w.Select(&ids, `SELECT id FROM river_job`) == nil && len(ids) == 1 && ids[0] == 2
		}, patience, 10*time.Millisecond)
	})
}

// What people wrote never comes into the queue's tables.
func TestConformanceJobsHoldNoText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		const secret = "zebra-crossing"
		thread := signals.SlackThread("T1", "C1", "1.0")
		for i, k := range []signals.Key{thread, logCase(1)} {
			d := saidIn(k, i, "it is "+secret)
			d.Envelope.Body = []byte(`{"text":"` + secret + `"}`)
			_, err := db.Append(t.Context(), d)
			require.NoError(t, err)
		}
		require.NoError(t, db.Hint(t.Context(), "jira", "10017"))
		l := newLooker(db)
		h := lookAt(l.look)
		h.Fetch = func(context.Context, string, string) error { return nil }
		rows := func() (text []string) {
			require.NoError(t, db.w.Select(&text, `SELECT CAST(args AS TEXT) || CAST(metadata AS TEXT) || CAST(tags AS TEXT) FROM river_job`))
			return text
		}
		require.Len(t, rows(), 3)
		_, err := db.Drain(t.Context(), h)
		require.NoError(t, err)
		require.Equal(t, 2, l.total())
		for _, r := range rows() {
			require.NotContains(t, r, secret)
			require.Contains(t, r, "arg")
		}
	})
}

// Looks per second through Append and Work, each with one event of its case.
func BenchmarkLooks(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			url := storetest.SQLite
			if kind == "postgres" {
				url = storetest.Postgres
			}
			db := queueDB(b, url(b), nil)
			l := newLooker(db)
			end := working(b, db, lookAt(l.look), db.settings())
			n := 0
			b.ResetTimer()
			for n < b.N {
				var ds []signals.Delivery
				for ; n < b.N && len(ds) < 50; n++ {
					ds = append(ds, saidIn(logCase(n), n, "it is slow"))
				}
				_, err := db.Append(b.Context(), ds...)
				require.NoError(b, err)
			}
			l.until(b, n)
			b.StopTimer()
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "looks/s")
			end()
		})
	}
}
