package risk

import "math"

// sample is a closed case as it stood after one of its entries, and what came
// of it.
type sample struct {
	num    [plain]float32
	cat    [categories]uint64
	parts  []uint64
	words  []uint64
	fields []field

	no     int64   // of its case, in the order of closing
	weight float32 // a case with many samples does not count as many cases
	open   set     // targets that had not come yet
	came   set     // those of them that came later
}

func hours(sec int64) float32 {
	return float32(math.Log1p(float64(max(0, sec)) / 3600))
}

func b2f(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func distinct(list []uint64) int {
	n := 0
	for i, v := range list {
		if !contains(list[:i], v) {
			n++
		}
	}
	return n
}

func (t *trail) fill(s *sample) {
	x := &s.num
	x[fEntries], x[fHandoffs], x[fTeams] = float32(t.n), float32(t.handoffs), float32(distinct(t.teams))
	x[fRevisits], x[fReturns] = float32(t.revisits), float32(t.returns)
	x[fHolderMoves], x[fHolders], x[fHolderBack] = float32(t.holderMoves), float32(distinct(t.holders)), float32(t.holderBack)
	x[fActorMoves], x[fActors], x[fUnset] = float32(t.actorMoves), float32(distinct(t.actors)), float32(t.unset)
	x[fHeight], x[fHighest], x[fRises], x[fFalls] = float32(t.height), float32(t.highest), float32(t.rises), float32(t.falls)
	x[fStatuses], x[fIdle], x[fEdits], x[fTalk], x[fLinks] = float32(t.statuses), float32(t.idle), float32(t.edits), float32(t.talk), float32(t.links)
	x[fReopens], x[fRaised], x[fSinceTeam] = float32(t.reopens), float32(t.raised), float32(t.sinceTeam)
	x[fTitleLen], x[fBodyLen] = float32(t.titleLen), float32(math.Log1p(float64(t.bodyLen)))
	x[fHasTeam], x[fHasHolder] = b2f(t.hasTeam), b2f(t.hasHolder)
	x[fHolderIsActor], x[fHolderIsOpener] = b2f(t.holder == t.actor), b2f(t.holder == t.opener)
	x[fActorIsOpener], x[fOpenerActs], x[fHome] = b2f(t.actor == t.opener), b2f(t.openerActs), b2f(t.team == t.firstTeam)
	now := t.entryAt
	x[fAge], x[fGap], x[fPace] = hours(now-t.opened), hours(t.gap), hours((now-t.opened)/int64(max(1, t.n-1)))
	x[fTeamTime], x[fStatusTime], x[fHolderTime] = hours(now-t.teamSince), hours(now-t.statusSince), hours(now-t.holderSince)
	x[fHour], x[fDay] = clock(now)
	x[fOpenHour], x[fOpenDay] = clock(t.opened)
	x[fClosed] = b2f(t.closed)
	c := &s.cat
	c[cTeam] = t.team
	c[cPair] = mix(t.prevTeam, t.team)
	c[cFirst] = t.firstTeam
	c[cRoute] = 0
	for _, v := range t.teams[max(0, len(t.teams)-3):] {
		c[cRoute] = mix(c[cRoute], v)
	}
	c[cHolder], c[cHolderTeam] = t.holder, mix(t.holder, t.team)
	c[cActor], c[cActorTeam] = t.actor, mix(t.actor, t.team)
	c[cOpener] = t.opener
	c[cStatus], c[cStatusTeam], c[cStatusMove] = t.status, mix(t.status, t.team), mix(t.prevStatus, t.status)
	c[cLevel], c[cLevelTeam], c[cLevelMove] = t.level, mix(t.level, t.team), mix(t.prevLevel, t.level)
	c[cPriority], c[cPriorityTeam] = t.priority, mix(t.priority, t.team)
	c[cType], c[cProject] = t.kind, t.project
	c[cChange] = mix(uint64(t.changed), t.status)
	c[cChanges] = mix(uint64(t.changed), uint64(t.before))
	c[cTeamStep] = mix(t.team, uint64(min(t.n, 6)))
	c[cTeamChange] = mix(uint64(t.changed), t.team)
	c[cTeamOpener] = mix(t.opener, t.team)
	c[cHourOfDay] = mix(uint64(x[fHour]), b2u(x[fDay] < 5))
	c[cSig], c[cSigTeam], c[cSigs], c[cSigs3] = t.sig, mix(t.sig, t.team), mix(t.sig1, t.sig), mix(mix(t.sig2, t.sig1), t.sig)
	c[cSigStep] = mix(t.sig, uint64(min(t.n, 8)*8+min(t.handoffs, 7)))
	if len(t.parts) > 0 {
		c[cStatusPart] = mix(t.status, t.parts[0])
	} else {
		c[cStatusPart] = 0
	}
	s.parts, s.words, s.fields = t.parts, t.words, t.fields
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// clock is the hour of the day and the day of the week, Monday 0, in UTC.
func clock(sec int64) (hour, day float32) {
	return float32(sec / 3600 % 24), float32((sec/86400 + 3) % 7)
}

// mix makes one hash of two (the finalizer of MurmurHash3, Appleby 2011).
func mix(a, b uint64) uint64 {
	h := a*0x9E3779B97F4A7C15 ^ b
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
