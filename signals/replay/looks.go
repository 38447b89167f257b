package replay

import (
	"time"

	"andon/signals"
	"andon/signals/route"
)

// look judges a case and keeps its wishes.
func (r *run) look(c *signals.Case, e *signals.Event, now time.Time) error {
	l := r.w.Look(c, e, now, now)
	for _, rec := range l.Found {
		r.res.notes.found(rec, c)
		if err := r.sink.Signal(c, rec.Signal); err != nil {
			return err
		}
	}
	r.times.set(c.Key, nanos(l.At))
	for _, also := range l.Also {
		r.times.sooner(also.Case, nanos(also.At))
	}
	if ch := c.Key.Channel(); ch != "" {
		a := r.rooms[ch]
		if a == nil {
			a = newAgenda()
			r.rooms[ch] = a
		}
		want := int64(0)
		if l.Posts > 0 {
			want = int64(r.w.Rooms[ch].Count + l.Posts)
		}
		a.set(c.Key, want)
	}
	r.send(c.Key, &l, now)
	if r.o.looked != nil {
		r.o.looked(&l, now)
	}
	return nil
}

// wakeUntil serves the wishes up to a time; those at the very time wait for the
// events of that time when open is set.
func (r *run) wakeUntil(limit int64, open bool) error {
	for {
		w, ok := r.times.pop(limit, open)
		if !ok {
			return nil
		}
		if err := r.look(r.w.Cases[w.key], nil, time.Unix(0, w.at).UTC()); err != nil {
			return err
		}
	}
}

func (r *run) roomWakes(channel string, now time.Time) error {
	a, room := r.rooms[channel], r.w.Rooms[channel]
	if a == nil || room == nil {
		return nil
	}
	for {
		w, ok := a.pop(int64(room.Count), false)
		if !ok {
			return nil
		}
		if err := r.look(r.w.Cases[w.key], nil, now); err != nil {
			return err
		}
	}
}

// predict writes what the models say after a step of an issue's history.
func (r *run) predict(c *signals.Case, e *signals.Event, now time.Time) error {
	if c.Key.Source == signals.Slack || !e.Counts() {
		return nil
	}
	if r.risk != nil {
		if err := r.sink.Risk(c, now, r.risk.Predict(c)); err != nil {
			return err
		}
	}
	if !r.o.Routes {
		return nil
	}
	for _, k := range [...]route.Kind{route.Person, route.Team, route.NextPerson, route.NextTeam} {
		if !r.kinds[k] {
			continue
		}
		r.cands = r.w.Memory.Routes.Suggest(c, now, k, 10, r.cands[:0])
		if err := r.sink.Route(c, now, k, r.cands); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) match(c *signals.Case, now time.Time) error {
	r.found = r.found[:0]
	for _, l := range r.w.Memory.Alike(c, 10) {
		r.found = append(r.found, Match{l.Case, l.Score})
	}
	return r.sink.Match(c, now, r.found)
}
