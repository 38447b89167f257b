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

	"andon/signals"
	"andon/store/storetest"
)

// patience is how long a test waits for something that must come; only a
// failing test takes that long.
const patience = time.Minute

// queueDB opens a database of a test's own whose log nobody reads.
func queueDB(t testing.TB, url string, now func() time.Time) *DB {
	t.Helper()
	db, err := Open(t.Context(), url, Options{Now: now, Log: slog.New(slog.DiscardHandler), Migrate: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// put stores jobs as a transaction of the store would.
func put(t testing.TB, db *DB, jobs ...job) {
	t.Helper()
	require.NoError(t, db.inTx(t.Context(), func(tx *txn) error { return push(t.Context(), db, tx.Tx, jobs...) }))
}

// done completes the job of ctx, as Commit does at its end.
func done(ctx context.Context, db *DB) error {
	return db.inTx(ctx, func(tx *txn) error { return finish(ctx, db, tx.Tx) })
}

// jobStates counts the jobs by state.
func jobStates(t testing.TB, db *DB) map[string]int {
	t.Helper()
	var rows []struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}
	require.NoError(t, db.w.SelectContext(t.Context(), &rows, `SELECT state, COUNT(*) AS n FROM river_job GROUP BY state`))
	m := map[string]int{}
	for _, r := range rows {
		m[r.State] = r.N
	}
	return m
}

// working runs Work until the test, or the returned function, ends it.
func working(t testing.TB, db *DB, h Handlers, s settings) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- db.work(ctx, h, s) }()
	var once sync.Once
	end = func() {
		once.Do(func() {
			cancel()
			require.NoError(t, <-result)
		})
	}
	t.Cleanup(end)
	return end
}

// soon waits for something that must come.
func soon[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("it did not come")
		panic("unreachable")
	}
}

func lookAt(f func(ctx context.Context, k signals.Key) error) Handlers { return Handlers{Look: f} }

// A job is completed in the handler's transaction or not at all.

func TestConformanceFailureAfterCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: lookJob, Arg: "log/x/1"})
		calls := 0
		n, err := db.Drain(t.Context(), lookAt(func(ctx context.Context, _ signals.Key) error {
			calls++
			require.NoError(t, done(ctx, db))
			return errors.New("too late to matter")
		}))
		require.NoError(t, err)
		require.Equal(t, []int{1, 1}, []int{n, calls})
		require.Equal(t, map[string]int{"completed": 1}, jobStates(t, db))

		put(t, db, job{Kind: lookJob, Arg: "log/x/2"})
		looked := make(chan int, 10)
		end := working(t, db, lookAt(func(ctx context.Context, _ signals.Key) error {
			calls++
			err := done(ctx, db)
			looked <- calls
			return errors.Join(err, errors.New("too late to matter"))
		}), db.settings())
		require.Equal(t, 2, soon(t, looked))
		end()
		require.Empty(t, looked)
		require.Equal(t, map[string]int{"completed": 2}, jobStates(t, db))
	})
}

func TestConformanceCommitTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: lookJob, Arg: "log/x/1"})
		n, err := db.Drain(t.Context(), lookAt(func(ctx context.Context, _ signals.Key) error {
			require.NoError(t, done(ctx, db))
			err := db.inTx(ctx, func(tx *txn) error {
				require.NoError(t, push(ctx, db, tx.Tx, job{Kind: lookJob, Arg: "log/x/2"}))
				return finish(ctx, db, tx.Tx)
			})
			require.ErrorIs(t, err, ErrStale)
			return nil
		}))
		require.NoError(t, err)
		require.Equal(t, 1, n, "what the second commit stored was rolled back")
		require.Equal(t, map[string]int{"completed": 1}, jobStates(t, db))
	})
}

func TestConformanceLookWithoutCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: lookJob, Arg: "log/x/1"})
		calls := 0
		n, err := db.Drain(t.Context(), lookAt(func(ctx context.Context, _ signals.Key) error {
			if calls++; calls < 3 {
				return nil
			}
			return done(ctx, db)
		}))
		require.NoError(t, err)
		require.Equal(t, 3, n)

		put(t, db, job{Kind: lookJob, Arg: "no key"})
		_, err = db.Drain(t.Context(), lookAt(func(context.Context, signals.Key) error { return nil }))
		require.ErrorContains(t, err, `"no key", which is no key of a case`)
	})
}

// Without a job in its context, finish does nothing.
func TestConformanceFinishWithoutJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: lookJob, Arg: "log/x/1"})
		require.NoError(t, done(t.Context(), db))
		require.NoError(t, done(withoutJob(withClaim(t.Context(), claim{id: 1})), db))
		require.ErrorIs(t, done(withClaim(t.Context(), claim{id: 1}), db), ErrStale)
		require.Equal(t, map[string]int{"available": 1}, jobStates(t, db))
	})
}

func TestConformancePushRollsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		err := db.inTx(t.Context(), func(tx *txn) error {
			require.NoError(t, push(t.Context(), db, tx.Tx))
			require.NoError(t, push(t.Context(), db, tx.Tx, job{Kind: lookJob, Arg: "log/x/1"}))
			return errors.New("no")
		})
		require.EqualError(t, err, "no")
		require.Empty(t, jobStates(t, db))
	})
}

// Drain

func TestConformanceDrainOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		var jobs []job
		var want []string
		for i := range 300 {
			arg := fmt.Sprintf("log/x/%d", i)
			jobs, want = append(jobs, job{Kind: lookJob, Arg: arg}), append(want, arg)
		}
		put(t, db, jobs[:200]...)
		put(t, db, jobs[200:]...)
		put(t, db, job{Kind: sendJob, Arg: "waits for a handler"})
		var got []string
		n, err := db.Drain(t.Context(), lookAt(func(ctx context.Context, k signals.Key) error {
			got = append(got, k.String())
			return db.inTx(ctx, func(tx *txn) error {
				if len(got) == 3 {
					require.NoError(t, push(ctx, db, tx.Tx, job{Kind: lookJob, Arg: "log/x/new"}))
				}
				return finish(ctx, db, tx.Tx)
			})
		}))
		require.NoError(t, err)
		require.Equal(t, 301, n)
		require.Equal(t, append(want, "log/x/new"), got)
		require.Equal(t, map[string]int{"completed": 301, "available": 1}, jobStates(t, db))
		_, err = db.Drain(t.Context(), Handlers{})
		require.ErrorContains(t, err, "no handler")
	})
}

// Workers take the jobs by their lanes too.
func TestConformanceWorkByLanes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: sendJob, Arg: "idle", Lane: idleLane}, job{Kind: sendJob, Arg: "usual"}, job{Kind: sendJob, Arg: "hastened", Lane: idleLane},
			job{Kind: sendJob, Arg: "usual too", Lane: usualLane}, job{Kind: sendJob, Arg: "awaited", Lane: awaitedLane})
		require.NoError(t, db.inTx(t.Context(), func(tx *txn) error { return hasten(t.Context(), tx, sendJob, "hastened", "unknown") }))
		s := db.settings()
		s.workers = 1
		said := make(chan string, 10)
		end := working(t, db, Handlers{Send: func(_ context.Context, m string) error {
			said <- m
			return nil
		}}, s)
		var got []string
		for range 5 {
			got = append(got, soon(t, said))
		}
		end()
		require.ElementsMatch(t, []string{"hastened", "awaited"}, got[:2])
		require.Equal(t, []string{"usual", "usual too", "idle"}, got[2:])
	})
}

func TestConformanceDrainRetries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		put(t, db, job{Kind: sendJob, Arg: "a"}, job{Kind: sendJob, Arg: "b"}, job{Kind: sendJob, Arg: "c"})
		var got []string
		n, err := db.Drain(t.Context(), Handlers{Send: func(_ context.Context, m string) error {
			got = append(got, m)
			if m == "a" && len(got) < 5 {
				return errors.New("not yet")
			}
			return nil
		}})
		require.NoError(t, err)
		require.Equal(t, 5, n)
		require.Equal(t, []string{"a", "b", "c", "a", "a"}, got)

		put(t, db, job{Kind: sendJob, Arg: "d"}, job{Kind: sendJob, Arg: "e"})
		cause := errors.New("never")
		n, err = db.Drain(t.Context(), Handlers{Send: func(_ context.Context, m string) error {
			if m == "d" {
				return cause
			}
			panic("what now")
		}})
		require.ErrorIs(t, err, cause)
		require.ErrorContains(t, err, "send d failed 5 times")
		require.Equal(t, 9, n)
		require.Equal(t, map[string]int{"completed": 3, "retryable": 2}, jobStates(t, db))
	})
}

func TestConformanceDrainFollowsTheDomainsClock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		db := queueDB(t, url, func() time.Time { return now })
		// Put off as Settle does: by so much of the domain's time.
		put(t, db, job{Kind: sendJob, Arg: "m", At: time.Now().Add(time.Hour)}, job{Kind: sendJob, Arg: "n", At: time.Now().Add(2 * time.Second)})
		var got []string
		h := Handlers{Send: func(_ context.Context, m string) error {
			got = append(got, m)
			return nil
		}}
		drain := func(want ...string) {
			got = nil
			_, err := db.Drain(t.Context(), h)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		drain()
		now = now.Add(2 * time.Second)
		drain("n")
		now = now.Add(time.Hour - 3*time.Second)
		drain()
		now = now.Add(time.Second)
		drain("m")
	})
}

// An argument comes back as the store keeps text.
func TestConformanceArguments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		want := []string{"plain", `"quoted" \ 'twice'`, "ключ/案件/🚨", "a\u2028b", "nul\x00", "bad\xff", "?, $1, :x, @y", strings.Repeat("long ", 2000), "<&>"}
		for i, a := range want {
			put(t, db, job{Kind: sendJob, Arg: a})
			want[i] = storable(a)
		}
		var got []string
		send := Handlers{Send: func(ctx context.Context, m string) error {
			got = append(got, m)
			deadline, ok := ctx.Deadline()
			require.True(t, ok)
			require.LessOrEqual(t, time.Until(deadline), shortLimit)
			return nil
		}}
		_, err := db.Drain(t.Context(), send)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// Hints

func TestConformanceHintsCoalesce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		hint := func(ref string) { require.NoError(t, db.Hint(t.Context(), "jira", ref)) }
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { hint("10017") })
		}
		wg.Wait()
		hint("10018")
		require.Equal(t, map[string]int{"available": 2}, jobStates(t, db))
		var got []string
		fails := 2
		h := Handlers{Fetch: func(_ context.Context, source, ref string) error {
			got = append(got, source+" "+ref)
			switch {
			case ref == "10017" && len(got) == 1:
				hint("10017") // heard while it is fetched: fetched again
				hint("10017")
			case ref == "10018" && fails > 0:
				fails--
				return errors.New("the source is down")
			}
			return nil
		}}
		_, err := db.Drain(t.Context(), h)
		require.NoError(t, err)
		require.Equal(t, []string{"jira 10017", "jira 10018", "jira 10018", "jira 10017", "jira 10018"}, got)
		require.Error(t, db.Hint(t.Context(), "", "1"))

		hint("10019")
		_, err = db.Drain(t.Context(), Handlers{Fetch: func(context.Context, string, string) error { return errors.New("down") }})
		require.ErrorContains(t, err, "down")
		hint("10019")
		require.Equal(t, map[string]int{"completed": 3, "retryable": 1}, jobStates(t, db), "a failing fetch waits, and covers the hint")
	})
}

// Periodic work

func TestConformanceTasksRunOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		var mu sync.Mutex
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		clock := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
		db := queueDB(t, url, clock)
		var fast, slow atomic.Int64
		h := Handlers{Tasks: map[string]Task{
			"fast": {Every: time.Minute, Do: func(context.Context) error { fast.Add(1); return nil }},
			"slow": {Every: time.Hour, Do: func(context.Context) error { slow.Add(1); return nil }},
		}}
		replicas := []*DB{db, queueDB(t, url, clock), queueDB(t, url, clock)}
		for minute := range 61 {
			for range 2 { // ticks come more often than tasks
				var wg sync.WaitGroup
				for _, r := range replicas {
					wg.Go(func() { require.NoError(t, r.Tick(t.Context(), h, clock())) })
				}
				wg.Wait()
			}
			_, err := db.Drain(t.Context(), h)
			require.NoError(t, err)
			require.EqualValues(t, minute+1, fast.Load())
			require.NoError(t, db.Tick(t.Context(), h, clock()))
			require.Zero(t, jobStates(t, db)["available"], "no sooner than its interval")
			mu.Lock()
			now = now.Add(time.Minute)
			mu.Unlock()
		}
		require.EqualValues(t, 2, slow.Load())
	})
}

func TestConformanceTaskFails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		db := queueDB(t, url, func() time.Time { return now })
		var runs int
		h := Handlers{Tasks: map[string]Task{"sweep": {Every: time.Hour, Do: func(ctx context.Context) error {
			require.NoError(t, done(ctx, db), "a task may commit as often as it likes")
			if runs++; runs == 1 {
				return errors.New("disk\x00" + strings.Repeat("x", 1000))
			}
			return nil
		}}}}
		last := func() (e string) {
			require.NoError(t, db.w.Get(&e, `SELECT last_error FROM tasks WHERE name = 'sweep'`))
			return e
		}
		require.NoError(t, db.Tick(t.Context(), h, now))
		// By hand, because Drain would try it again at once.
		due, err := db.due(t.Context(), h)
		require.NoError(t, err)
		ok, err := db.begin(t.Context(), &due[0])
		require.NoError(t, err)
		require.True(t, ok)
		failed := db.perform(t.Context(), h, due[0])
		require.ErrorContains(t, failed, "disk")
		require.NoError(t, db.end(t.Context(), due[0], failed))
		require.True(t, strings.HasPrefix(last(), "disk\uFFFDxxx"), last())
		require.NoError(t, db.Tick(t.Context(), h, now.Add(24*time.Hour)))
		require.Equal(t, map[string]int{"retryable": 1}, jobStates(t, db), "it is not queued a second time")

		n, err := db.Drain(t.Context(), h)
		require.NoError(t, err)
		require.Equal(t, []int{1, 2}, []int{n, runs})
		require.Empty(t, last())
	})
}

// A task that this process does not have is given back, and whoever has it
// queues it again.
func TestConformanceUnknownTask(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		db := queueDB(t, url, func() time.Time { return now })
		ran := 0
		do := Task{Every: time.Hour, Do: func(context.Context) error { ran++; return nil }}
		newer, older := Handlers{Tasks: map[string]Task{"new": do}}, Handlers{Tasks: map[string]Task{"old": do}}
		require.NoError(t, db.Tick(t.Context(), newer, now))
		n, err := db.Drain(t.Context(), older)
		require.NoError(t, err)
		require.Equal(t, []int{1, 0}, []int{n, ran})
		require.NoError(t, db.Tick(t.Context(), newer, now))
		_, err = db.Drain(t.Context(), newer)
		require.NoError(t, err)
		require.Equal(t, 1, ran)
	})
}

// What is seen from outside

func TestConformanceQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := queueDB(t, url, nil)
		qs, err := db.Queue(t.Context())
		require.NoError(t, err)
		require.Equal(t, []QueueState{{Name: "look"}, {Name: "send"}, {Name: "fetch"}, {Name: "task"}}, qs)

		put(t, db, job{Kind: lookJob, Arg: "log/x/1"}, job{Kind: lookJob, Arg: "log/x/2"},
			job{Kind: sendJob, Arg: "m1", At: time.Now().Add(time.Hour)}, job{Kind: sendJob, Arg: "m2", At: time.Now().Add(4 * time.Second)},
			job{Kind: fetchJob, Arg: "jira|1"})
		_, err = db.w.Exec(`UPDATE river_job SET scheduled_at = ` + map[bool]string{
			true: `now() - interval '90 seconds'`, false: `strftime('%Y-%m-%d %H:%M:%f', 'now', '-90 seconds')`,
		}[db.postgres] + ` WHERE id = 1`)
		require.NoError(t, err)
		for range 2 {
			_, err = db.Drain(t.Context(), Handlers{Fetch: func(context.Context, string, string) error { return errors.New("gone") }})
			require.ErrorContains(t, err, "gone")
		}
		qs, err = db.Queue(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, qs[0].Waiting)
		require.GreaterOrEqual(t, qs[0].Age, 90*time.Second)
		require.Less(t, qs[0].Age, 90*time.Second+patience)
		require.Equal(t, QueueState{Name: "send", Later: 2}, qs[1])
		require.Equal(t, 1, qs[2].Later)
		require.Equal(t, 1, qs[2].Failures)
		f := qs[2].Failing[0]
		require.Equal(t, FailingJob{Arg: "jira|1", Attempts: 10, Since: f.Since, Error: "gone"}, f)
		require.WithinDuration(t, time.Now(), f.Since, patience)
	})
}
