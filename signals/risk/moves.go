package risk

// mostRuns bounds how many stays of a case are remembered; the latest count.
const mostRuns = 32

// push appends to a list that forgets its oldest when it is full.
func push(list []uint64, v uint64) []uint64 {
	if len(list) == mostRuns {
		list = list[:copy(list, list[1:])]
	}
	return append(list, v)
}

// moveTeam follows the team as signals.Path.Teams does: nobody is no team.
func (t *trail) moveTeam(to string) {
	t.hasTeam = to != ""
	if to == "" {
		t.unset++
		t.changed |= didUnset
		return
	}
	v := hash(to)
	if v == t.team {
		return
	}
	if t.team == 0 {
		t.firstTeam = v
	} else {
		t.handoffs++
	}
	n := len(t.teams)
	if n > 1 && t.teams[n-2] == v {
		t.returns++
	}
	if contains(t.teams, v) {
		t.revisits++
	}
	t.prevTeam, t.team, t.teamSince, t.sinceTeam = t.team, v, t.entryAt, 0
	t.teams = push(t.teams, v)
}

func (t *trail) moveHolder(to string) {
	t.hasHolder = to != ""
	if to == "" {
		t.changed |= didUnset
		return
	}
	v := hash(to)
	if v == t.holder {
		return
	}
	if t.holder != 0 {
		t.holderMoves++
	}
	if contains(t.holders, v) {
		t.holderBack++
	}
	t.holder, t.holderSince = v, t.entryAt
	t.holders = push(t.holders, v)
}

func (t *trail) moveLevel(to string) {
	v := hash(to)
	if to == "" || v == t.level {
		return
	}
	h := height(to)
	switch {
	case t.level == 0:
	case h > t.height:
		t.rises++
	case h < t.height:
		t.falls++
	}
	t.prevLevel, t.level, t.height = t.level, v, h
	t.highest = max(t.highest, h)
}

func (t *trail) moveStatus(to string) {
	v := hash(to)
	if v == t.status {
		return
	}
	t.prevStatus, t.status, t.statusSince = t.status, v, t.entryAt
	t.statuses++
}
