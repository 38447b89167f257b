package signals

import (
	"encoding/json"
	"maps"
	"time"
)

// Mode says how far a detector may go.
type Mode string

// The modes, quietest first.
const (
	Off     Mode = "off"     // not even computed
	Shadow  Mode = "shadow"  // writes down what it would have said
	Preview Mode = "preview" // tells the installer only
	Ask     Mode = "ask"     // a human approves each nudge
	Live    Mode = "live"
)

// Modes lists the modes, quietest first.
var Modes = []Mode{Off, Shadow, Preview, Ask, Live}

// Policy is what the organisation decided about andon: how loud it may be, and
// the threshold of each detector. DefaultPolicy has the values that stand here
// as defaults, each with the place where the figure comes from.
type Policy struct {
	Mode   Mode            `koanf:"mode" json:"mode"`     // of detectors without one of their own; shadow
	Modes  map[string]Mode `koanf:"modes" json:"modes"`   // by detector
	Budget int             `koanf:"budget" json:"budget"` // unsolicited nudges per person and working day; 3

	PerChannel int `koanf:"per_channel" json:"per_channel"` // unsolicited nudges about one channel and day (UTC); 3

	Zone     string              `koanf:"zone" json:"zone"`         // IANA zone of people without one
	Hours    string              `koanf:"hours" json:"hours"`       // working hours, 09:00-18:00
	Days     string              `koanf:"days" json:"days"`         // working days, mon-fri
	Holidays map[string][]string `koanf:"holidays" json:"holidays"` // region, or all, to dates as 2006-01-02

	Repeat   time.Duration `koanf:"repeat" json:"repeat"`         // least time between two nudges to one person about one problem; 24h
	Merge    time.Duration `koanf:"merge" json:"merge"`           // nudges to one person within this time share a message; 15m
	Steps    int           `koanf:"steps" json:"steps"`           // reminders and further candidates after the first; 2
	Patience time.Duration `koanf:"patience" json:"patience"`     // working time after which an unanswered nudge counts as ignored; 8h
	Stale    time.Duration `koanf:"stale" json:"stale"`           // what is older when it is first judged never nudges; 24h
	Watch    time.Duration `koanf:"watch" json:"watch"`           // how long a corrected signal is watched for a recurrence; 14 days
	Sure     float64       `koanf:"sure" json:"sure"`             // a signal with a lower score is written down but disturbs nobody; 0.5
	HeldFor  time.Duration `koanf:"held_for" json:"held_for"`     // a nudge held longer than this is given up; 120h, a long weekend
	Hints    time.Duration `koanf:"hints" json:"hints"`           // how long "not me, ask somebody else" is remembered for the like; 90 days: a quarter, as most on-call plans change; chosen
	Group    int           `koanf:"group" json:"group"`           // least number of people behind a shown figure; 5
	Escalate []Pattern     `koanf:"escalate" json:"escalate"`     // what counts as an escalation; any one suffices
	Waiting  []string      `koanf:"waiting" json:"waiting"`       // parts of status names that mean: it is the originator's turn
	Urgent   []string      `koanf:"urgent" json:"urgent"`         // priority names that are high
	Ranks    []string      `koanf:"priorities" json:"priorities"` // priority names, most urgent first, for what the names do not tell
	Levels   []string      `koanf:"levels" json:"levels"`         // support levels, lowest first; empty: by name
	Looking  []string      `koanf:"looking" json:"looking"`       // emoji on a message that say: I am on it; eyes
	Solved   []string      `koanf:"solved" json:"solved"`         // emoji on a message that say: it is solved; white_check_mark, heavy_check_mark

	Corrected time.Duration `koanf:"corrected" json:"corrected"` // working time of who took it up, after which what does not move is asked about; 40h, more than four days of nine hours; chosen. 0 switches it off

	Asks int `koanf:"asks" json:"asks"` // how often who raised a problem is asked whether it is solved, once for each time that it is corrected; 2: once more after "still happening" or "partly", a third would be nagging; chosen. 0 switches it off

	Pause struct {
		Least float64 `koanf:"least" json:"least"` // a detector whose answers in a channel or project were useful less often goes back to shadow there; 0.3: seven of ten disturbed somebody for nothing; chosen. 0 switches it off
		Votes int     `koanf:"votes" json:"votes"` // from so many answers within 30 days on; 10: fewer may be chance; chosen
	} `koanf:"pause" json:"pause"`

	Routes struct {
		Last    time.Duration `koanf:"last" json:"last"`       // how long a standing route counts that two teams agreed on; 90 days: a quarter, as most on-call plans change; chosen. 0: none is made by agreeing
		Liaison int           `koanf:"liaison" json:"liaison"` // hand-offs between two teams within 90 days from which a liaison is proposed; 20: more than one every fifth day; chosen. 0 switches it off
		Thin    int           `koanf:"thin" json:"thin"`       // hand-offs between two teams within 90 days from which it is looked whether they talk; 10: fewer may be chance; chosen. 0 switches it off
	} `koanf:"routes" json:"routes"`

	Load struct {
		Cases    int           `koanf:"cases" json:"cases"`       // nobody has too much with so many open issues or fewer; 10, one for each day of two weeks; chosen. 0: issues are not counted
		Share    float64       `koanf:"share" json:"share"`       // more than this share of what a person finished in time was finished with at most so many at once: that is what they can carry; 0.9
		Finished int           `koanf:"finished" json:"finished"` // issues that a person has to have finished in time before that is known; 20
		InTime   time.Duration `koanf:"in_time" json:"in_time"`   // held for no longer than this counts as finished in time; 14 days, the usual sprint; chosen
		Nudges   int           `koanf:"nudges" json:"nudges"`     // issues and threads they were nudged about, and of which nothing came yet, beyond which somebody has too much; 6, two full days of the default budget; chosen. 0: nudges are not counted
	} `koanf:"load" json:"load"`

	Seen struct {
		Likeness float64       `koanf:"likeness" json:"likeness"` // how alike a solved case must be to be offered with a nudge; 0.5, where 0.6 to 1.3 % of the cases that are nobody's twin have such a false one (signals/text, on public trackers), and, by an earlier form of the score, at most 0.9 % of the asks on the three chats it was chosen on, not measured elsewhere (signals/decide). 0 switches it off
		Window   time.Duration `koanf:"window" json:"window"`     // how long ago it may have been solved; 180 days, as of came_back: what helped earlier may not hold any more; chosen
		Asker    bool          `koanf:"asker" json:"asker"`       // who asked and was not answered is offered it too, by direct message; false
	} `koanf:"seen" json:"seen"`

	Drill struct {
		Who   string        `koanf:"who" json:"who"`     // who may start a drill: admins, leads (of the team that it is for, and admins), everybody or nobody; leads
		Every time.Duration `koanf:"every" json:"every"` // nobody is asked in two drills within this; 7 days; chosen
		Calm  time.Duration `koanf:"calm" json:"calm"`   // no drill begins so long after a cord, or an urgent signal, of its place or team that is still open; 4h, half a day; chosen
		Limit time.Duration `koanf:"limit" json:"limit"` // a drill that did not come to its end by then ends where it stands; 120h, a long weekend, as held_for. 0: it has no limit
	} `koanf:"drill" json:"drill"`

	Detect Thresholds `koanf:"detect" json:"detect"`
}

// Pattern is one thing that counts as an escalation: a field that changes from
// one of some values to one of some others, once or so many times, or a priority
// that rises, or so many team hand-offs. One of the three is given.
type Pattern struct {
	Field    string   `koanf:"field" json:"field"`       // a field as the source names it, or status, priority, level, team
	From     []string `koanf:"from" json:"from"`         // any value when empty
	To       []string `koanf:"to" json:"to"`             // any value when empty
	Times    int      `koanf:"times" json:"times"`       // it so changed so often since the case was opened, or more. 0: at every change
	Raised   bool     `koanf:"raised" json:"raised"`     // the priority rose
	Handoffs int      `koanf:"handoffs" json:"handoffs"` // at least so many team hand-offs
}

// Thresholds are the numbers of the detectors.
type Thresholds struct {
	LongPath struct {
		Handoffs   int     `koanf:"handoffs" json:"handoffs"`     // fires at so many team hand-offs; 3: one in ten incidents of two public service-desk logs has as many
		Percentile float64 `koanf:"percentile" json:"percentile"` // and, where above zero, beyond this percentile of the project's closed cases
		Least      int     `koanf:"least" json:"least"`           // closed cases needed before the percentile counts; 50
	} `koanf:"long_path" json:"long_path"`
	Climb struct {
		Levels int `koanf:"levels" json:"levels"` // levels up before it came down again; 2
	} `koanf:"climb" json:"climb"`
	Stall struct {
		After  time.Duration `koanf:"after" json:"after"`   // the holder's working time without a sign after a hand-off; 28h, three days: shorter silences are ordinary
		Urgent time.Duration `koanf:"urgent" json:"urgent"` // the same for urgent priorities; 9h, one day
	} `koanf:"stall" json:"stall"`
	Orphan struct {
		After time.Duration `koanf:"after" json:"after"` // working time that an urgent case may be without a holder; 4h, half a day
	} `koanf:"orphan" json:"orphan"`
	AtRisk struct {
		Least float64 `koanf:"least" json:"least"` // least probability of a bad end; 0.5: right more often than not
	} `koanf:"at_risk" json:"at_risk"`
	BlockedChain struct {
		Issues int           `koanf:"issues" json:"issues"` // fires when so many open issues in a row are waited for; 2: one alone is what a link is for; chosen
		Teams  int           `koanf:"teams" json:"teams"`   // or so many other teams; 2: nobody in the issue's own team may know the last one; chosen
		After  time.Duration `koanf:"after" json:"after"`   // and nothing moved in the last one for so much working time of who holds it; 28h, as for stall
		Waits  []string      `koanf:"waits" json:"waits"`   // how links read from the issue that waits: Jira's own words and those of common planning tools
		Blocks []string      `koanf:"blocks" json:"blocks"` // and from the issue that it waits for
	} `koanf:"blocked_chain" json:"blocked_chain"`
	Downgraded struct {
		Talk time.Duration `koanf:"talk" json:"talk"` // people count as still speaking when somebody wrote within this time before; 72h
	} `koanf:"downgraded" json:"downgraded"`
	CameBack struct {
		Likeness float64       `koanf:"likeness" json:"likeness"` // least likeness to a closed or suppressed case
		Window   time.Duration `koanf:"window" json:"window"`     // how long ago that may have been; 180 days
	} `koanf:"came_back" json:"came_back"`
	UnansweredAsk struct {
		After time.Duration `koanf:"after" json:"after"` // silence before it fires, wall clock; 4h
		Posts int           `koanf:"posts" json:"posts"` // or so many later posts of others in the same channel; 100
		Least float64       `koanf:"least" json:"least"` // least score of the ask
	} `koanf:"unanswered_ask" json:"unanswered_ask"`
	Deflected struct {
		After time.Duration `koanf:"after" json:"after"` // silence after the deflection; 4h
	} `koanf:"deflected" json:"deflected"`
	Untracked struct {
		After time.Duration `koanf:"after" json:"after"` // time without a ticket; 8h
		Least float64       `koanf:"least" json:"least"` // least score of the problem
	} `koanf:"untracked_problem" json:"untracked_problem"`
	Echo struct {
		People   int           `koanf:"people" json:"people"` // different people with the same symptom; 3
		Window   time.Duration `koanf:"window" json:"window"` // within; 24h
		Likeness float64       `koanf:"likeness" json:"likeness"`
	} `koanf:"echo" json:"echo"`
	Workaround struct {
		Times  int           `koanf:"times" json:"times"`   // mentions of a like workaround; 2
		Window time.Duration `koanf:"window" json:"window"` // within; 30 days
		Least  float64       `koanf:"least" json:"least"`
	} `koanf:"workaround" json:"workaround"`
	Hedged struct {
		After time.Duration `koanf:"after" json:"after"` // silence after the worry; 2h
		Least float64       `koanf:"least" json:"least"`
	} `koanf:"hedged" json:"hedged"`
	QuietIncident struct {
		After    time.Duration `koanf:"after" json:"after"`       // silence in an open incident channel; 1h
		Channels []string      `koanf:"channels" json:"channels"` // name patterns; inc-*, incident-*
	} `koanf:"quiet_incident" json:"quiet_incident"`
	Flapping struct {
		Times  int           `koanf:"times" json:"times"`   // times that an alert fired and healed by itself; 5: once or twice a day may be chance or a nightly job; chosen
		Window time.Duration `koanf:"window" json:"window"` // within, from the first firing to the last recovery; 24h, every hour of the day once
	} `koanf:"flapping" json:"flapping"`
	Cord struct {
		Emoji []string `koanf:"emoji" json:"emoji"` // any of these on a message pulls the cord; rotating_light, andon
	} `koanf:"cord" json:"cord"`
}

// DefaultPolicy returns the policy that holds where nobody decided otherwise.
func DefaultPolicy() Policy {
	p := Policy{
		Mode: Shadow, Modes: map[string]Mode{"cord": Live, "person_ping_pong": Off}, Budget: 3, PerChannel: 3,
		Zone: "UTC", Hours: "09:00-18:00", Days: "mon-fri",
		Repeat: 24 * time.Hour, Merge: 15 * time.Minute, Steps: 2, Patience: 8 * time.Hour, Stale: 24 * time.Hour,
		Sure: 0.5, Watch: 14 * 24 * time.Hour, HeldFor: 120 * time.Hour, Group: 5, Hints: 90 * 24 * time.Hour,
		Looking: []string{"eyes"}, Solved: []string{"white_check_mark", "heavy_check_mark"},
		Escalate: []Pattern{{Raised: true}, {Handoffs: 4}},
		Waiting:  []string{"waiting for customer", "waiting for reporter", "awaiting user", "pending customer", "awaiting information", "needs info", "need more info", "wait - user"},
		Urgent:   []string{"highest", "high", "critical", "blocker", "urgent", "p0", "p1", "sev1", "sev-1", "1 - critical", "2 - high"},
	}
	p.Corrected, p.Asks = 40*time.Hour, 2
	p.Pause.Least, p.Pause.Votes = 0.3, 10
	p.Routes.Last, p.Routes.Liaison, p.Routes.Thin = 90*24*time.Hour, 20, 10
	p.Load.Cases, p.Load.Share, p.Load.Finished, p.Load.InTime, p.Load.Nudges = 10, 0.9, 20, 14*24*time.Hour, 6
	p.Seen.Likeness, p.Seen.Window = 0.5, 180*24*time.Hour
	p.Drill.Who, p.Drill.Every, p.Drill.Calm, p.Drill.Limit = DrillLeads, 7*24*time.Hour, 4*time.Hour, 120*time.Hour
	d := &p.Detect
	d.LongPath.Handoffs, d.LongPath.Least = 3, 50
	d.Climb.Levels = 2
	d.Stall.After, d.Stall.Urgent = 28*time.Hour, 9*time.Hour
	d.Orphan.After = 4 * time.Hour
	d.AtRisk.Least = 0.5
	d.BlockedChain.Issues, d.BlockedChain.Teams, d.BlockedChain.After = 2, 2, 28*time.Hour
	d.BlockedChain.Waits = []string{"is blocked by", "depends on", "depends upon", "has to be done after"}
	d.BlockedChain.Blocks = []string{"blocks", "is depended on by", "is depended upon by", "has to be done before"}
	d.Downgraded.Talk = 72 * time.Hour
	d.CameBack.Likeness, d.CameBack.Window = 0.6, 180*24*time.Hour
	d.UnansweredAsk.After, d.UnansweredAsk.Posts, d.UnansweredAsk.Least = 4*time.Hour, 100, 0.5
	d.Deflected.After = 4 * time.Hour
	d.Untracked.After, d.Untracked.Least = 8*time.Hour, 0.5
	d.Echo.People, d.Echo.Window, d.Echo.Likeness = 3, 24*time.Hour, 0.5
	d.Workaround.Times, d.Workaround.Window, d.Workaround.Least = 2, 30*24*time.Hour, 0.5
	d.Hedged.After, d.Hedged.Least = 2*time.Hour, 0.5
	d.QuietIncident.After, d.QuietIncident.Channels = time.Hour, []string{"inc-*", "incident-*"}
	d.Flapping.Times, d.Flapping.Window = 5, 24*time.Hour
	d.Cord.Emoji = []string{"rotating_light", "andon"}
	return p
}

// With returns the policy with the values of a JSON object put over it: a
// list replaces a list, and what the object does not name stays. The receiver
// keeps its own lists and maps.
func (p Policy) With(object []byte) (Policy, error) {
	out := p
	out.Modes, out.Holidays = maps.Clone(p.Modes), maps.Clone(p.Holidays)
	// Lists begin empty: json would write into the elements of the old ones.
	fields := func(p *Policy) []*[]string {
		return []*[]string{&p.Waiting, &p.Urgent, &p.Ranks, &p.Levels, &p.Looking, &p.Solved, &p.Detect.QuietIncident.Channels, &p.Detect.Cord.Emoji,
			&p.Detect.BlockedChain.Waits, &p.Detect.BlockedChain.Blocks}
	}
	lists := fields(&out)
	for _, l := range lists {
		*l = nil
	}
	out.Escalate = nil
	if err := json.Unmarshal(object, &out); err != nil {
		return p, err
	}
	for i, old := range fields(&p) {
		if *lists[i] == nil {
			*lists[i] = *old
		}
	}
	if out.Escalate == nil {
		out.Escalate = p.Escalate
	}
	return out, nil
}
