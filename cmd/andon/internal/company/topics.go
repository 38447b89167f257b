package company

import (
	"math/rand/v2"
	"strings"
)

// topic is a component with the words that people use for it. It is read from the list "topics", one a line:
//
//	Component; Team; service; feature, feature, ...
//
// and its symptoms from the list "sym Component", one a line, told in several ways with " || " between.
type topic struct {
	name, team, service string
	features            []string
	symptoms            [][]string
}

func (w *world) loadTopics() {
	for _, line := range w.g.list("topics") {
		f := strings.Split(line, "; ")
		t := &topic{name: f[0], team: f[1], service: f[2], features: strings.Split(f[3], ", ")}
		for _, s := range w.g.list("sym " + t.name) {
			t.symptoms = append(t.symptoms, strings.Split(s, " || "))
		}
		w.topics = append(w.topics, t)
	}
}

// ownTopics lists the components of a team.
func (w *world) ownTopics(team string) []string {
	if w.topics == nil {
		w.loadTopics()
	}
	var out []string
	for _, t := range w.topics {
		if t.team == team {
			out = append(out, t.name)
		}
	}
	return out
}

// experts lists who knows a topic: those with it as their main component first, the lead last.
func (w *world) experts(t *topic) []*Person {
	members := w.team(t.team)
	var first, second []*Person
	for _, p := range members[1:] {
		switch {
		case p.Components[0] == t.name:
			first = append(first, p)
		case contains(p.Components, t.name):
			second = append(second, p)
		}
	}
	return append(append(first, second...), members[0])
}

// solvers are the experts who can be asked at t: present in the company, the best three.
func (w *world) solvers(t *topic, p ...*Person) []*Person {
	var out []*Person
	for _, e := range w.experts(t) {
		if e.LeftAt == nil && len(out) < 3 && !has(p, e) {
			out = append(out, e)
		}
	}
	return out
}

func has(list []*Person, p *Person) bool {
	for _, x := range list {
		if x == p {
			return true
		}
	}
	return false
}

// vars binds the words of a topic for one conversation.
func (t *topic) vars(r *rand.Rand) vars {
	return vars{"svc": t.service, "comp": t.name, "team": t.team, "feature": pick(r, t.features), "chan": "#" + teamChannel(t.team)}
}

func teamChannel(team string) string {
	for _, p := range orgPlan {
		if p.team == team {
			return p.channel
		}
	}
	return "general"
}

// trouble is a fault of a topic that has not been told yet: a clause such as "the refund export times out for large files".
// A feature fails in one way only once in the whole history, so that ordinary issues are not each other's duplicates.
func (w *world) trouble(r *rand.Rand, t *topic, v vars) string {
	for range 400 {
		mode := pick(r, w.g.list("fails"))
		key := v["feature"] + "/" + mode
		if !w.used[key] {
			w.used[key] = true
			return "the " + v["feature"] + " " + w.g.expand(r, mode, v) + " " + w.g.say(r, "condition", v)
		}
		v["feature"] = pick(r, t.features)
	}
	return "the " + v["feature"] + " " + w.g.say(r, "fails", v) + " " + w.g.say(r, "condition", v)
}

// symptom takes a fault that can be told in several ways; nobody else will speak of it. In a very large
// company they run out, and then a fault of the ordinary kind is told in one way only.
func (w *world) symptom(r *rand.Rand) (*topic, []string) {
	for range 200 {
		t := pick(r, w.topics)
		s := pick(r, t.symptoms)
		if !w.used[s[0]] {
			w.used[s[0]] = true
			s = append([]string(nil), s...)
			r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
			return t, s
		}
	}
	t := pick(r, w.topics)
	s := w.trouble(r, t, t.vars(r))
	return t, []string{s, s, s, s}
}
