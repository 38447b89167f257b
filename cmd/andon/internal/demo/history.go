package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// past is a kind of trouble that the company had before, and its way: the teams
// that such a case went through, and who solved it in the end.
type past struct {
	project, component, priority string
	titles                       []string
	route                        []string // teams, the first is where it is filed
	solvers                      []string // the usual one first
	times                        int
}

// The months before the story. Card failures of the app take the long way each
// time, and it is always Identity's token vault.
var pasts = []past{
	{"SUP", "token-vault", "High", []string{"Stored card is refused for %s customers", "Saved card cannot be used after the %s update", "Customers of %s must enter their card again"},
		[]string{"Support", "Checkout", "Payments", "Platform", "Checkout", "Payments", "Identity"}, []string{"bea", "bea", "bea", "luca"}, 14},
	{"SUP", "login", "Medium", []string{"Password reset mail for %s never arrives", "Sign-in loops for %s accounts", "Session ends after a minute for %s users"},
		[]string{"Support", "Identity"}, []string{"luca", "yara", "finn"}, 16},
	{"SHOP", "vouchers", "Medium", []string{"Voucher of the %s campaign is refused", "Voucher for %s counts twice"}, []string{"Checkout"}, []string{"anya", "priya"}, 16},
	{"SHOP", "basket", "Medium", []string{"Basket forgets the %s sofa", "Quantity of %s cannot be changed", "Basket shows two prices for the %s table"}, []string{"Checkout"}, []string{"milo", "jonas", "hugo"}, 18},
	{"PAY", "settlement", "Medium", []string{"Settlement file of %s is one row short", "Settlement of %s is late at the bank"}, []string{"Payments"}, []string{"viktor", "mei"}, 14},
	{"PAY", "refunds", "High", []string{"Refund of a %s order arrives twice", "Refund for %s hangs in review"}, []string{"Support", "Payments"}, []string{"rosa", "kofi"}, 16},
	{"PLAT", "builds", "Medium", []string{"Build agents of %s run out of disk", "Deploys to %s wait for a lock"}, []string{"Platform"}, []string{"raj", "dov", "sana"}, 18},
	{"PLAT", "cluster", "High", []string{"Nodes of %s restart at night", "Certificates of %s expire too soon"}, []string{"Platform"}, []string{"raj", "keiko"}, 14},
	{"SHOP", "search", "Medium", []string{"Search for %s finds nothing", "Filters of %s vanish on the second page"}, []string{"Checkout", "Search"}, []string{"ingrid", "theo"}, 12},
	{"SUP", "app", "Medium", []string{"App closes when a %s picture is opened", "Push news of %s come at night"}, []string{"Support", "Mobile"}, []string{"otis", "hana", "zoe"}, 14},
	{"SUP", "reports", "Low", []string{"Export of the %s report has no header", "Invoice list of %s is empty"}, []string{"Support", "Data"}, []string{"noor", "silas"}, 10},
}

var subjects = []string{"winter", "Oslo", "guest", "spring", "Leeds", "business", "garden", "Ghent", "returning", "oak", "autumn", "Bergen", "student", "linen", "Porto", "staff"}

// memories are single cases of the past that the story comes back to.
func memories() []*issue {
	old := newIssue(9901, "SHOP-97", "pavel", Begin.AddDate(0, 0, -24).Add(2*time.Hour), ticket{
		Title: "Delivery date jumps to the next month when the basket is edited", Component: "basket", Team: "Checkout", Holder: "hugo",
		Text: "After the quantity is edited in the basket the delivery date jumps to the next month. Customers think that their sofa comes in May.",
	})
	if err := old.change("hugo", Begin.AddDate(0, 0, -12).Add(3*time.Hour), []field{{"status", "Done"}, {"resolution", "Won't Fix"}}); err != nil {
		panic(err) // the fields stand here
	}
	return []*issue{old}
}

// filing is a case of the past that is to be made: the i-th of its kind.
type filing struct {
	p  *past
	i  int
	at time.Time
}

// history are the closed cases of the five months before the story, the same for
// the same seed.
func history(seed uint64) ([]*issue, error) {
	dice := rand.New(rand.NewPCG(seed, 9)) //nolint:gosec // the same past every time is what is wanted
	out, next := memories(), map[string]int{}
	for n, f := range filings() {
		next[f.p.project]++
		is, err := f.p.issue(n+1, fmt.Sprintf("%s-%d", f.p.project, next[f.p.project]), f.i, workMoment(f.at, dice), dice)
		if err != nil {
			return nil, err
		}
		out = append(out, is)
	}
	return out, nil
}

// filings spreads each kind of trouble over the months, and leaves each case the
// time that its way takes before the story begins.
func filings() (out []filing) {
	from := Begin.AddDate(0, -5, 0)
	for k := range pasts {
		p := &pasts[k]
		span := Begin.AddDate(0, 0, -6-2*len(p.route)).Sub(from)
		for i := range p.times {
			out = append(out, filing{p, i, from.Add(span * time.Duration(2*i+1) / time.Duration(2*p.times))})
		}
	}
	slices.SortStableFunc(out, func(a, b filing) int { return a.at.Compare(b.at) })
	return out
}

// workMoment is a moment within the working hours of t's day or the next one.
func workMoment(t time.Time, dice *rand.Rand) time.Time {
	day := t.Truncate(24 * time.Hour)
	for restDay(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(9*time.Hour + time.Duration(dice.IntN(3*60))*time.Minute)
}

// issue is one case of the past, from its filing to its end.
func (p *past) issue(n int, key string, i int, at time.Time, dice *rand.Rand) (*issue, error) {
	title := fmt.Sprintf(p.titles[i%len(p.titles)], subjects[(n*7+i)%len(subjects)])
	first := members(p.route[0])
	is := newIssue(100+n, key, reporter(p.route[0], dice), at, ticket{Title: title, Text: title + ".", Priority: p.priority, Component: p.component, Team: p.route[0], Holder: first[1+dice.IntN(len(first)-1)]})
	for _, next := range p.route[1:] {
		at = later(at, 2, 20, dice)
		m := members(next)
		set := []field{{"team", next}, {"holder", m[1+dice.IntN(len(m)-1)]}}
		if err := is.change(idOf(is), at, set); err != nil {
			return nil, err
		}
		at = at.Add(time.Duration(20+dice.IntN(100)) * time.Minute)
		is.comment(idOf(is), at, "Having a look.")
	}
	solver := p.solvers[dice.IntN(len(p.solvers))]
	at = later(at, 1, 4, dice)
	if err := is.change(leadOf(p.route[len(p.route)-1]), at, []field{{"holder", solver}, {"status", "In Progress"}}); err != nil {
		return nil, err
	}
	at = at.Add(time.Duration(15+dice.IntN(90)) * time.Minute)
	is.comment(solver, at, "Found it, working on it.")
	at = later(at, 2, 12, dice)
	return is, is.change(solver, at, []field{{"status", "Done"}, {"resolution", "Fixed"}})
}

// idOf is the person who holds an issue.
func idOf(is *issue) string {
	if is.Fields.Assignee == nil {
		return ""
	}
	return strings.TrimPrefix(is.Fields.Assignee.AccountID, "acc-")
}

// reporter is who files what a team gets first: support for what customers say,
// and somebody of another team for the rest.
func reporter(team string, dice *rand.Rand) string {
	list := members("Support")
	if team != "Support" && dice.IntN(2) == 0 {
		list = members("Mobile")
	}
	return list[dice.IntN(len(list))]
}

// later is some hours after t, within working hours.
func later(t time.Time, least, most int, dice *rand.Rand) time.Time {
	t = t.Add(time.Duration(least*60+dice.IntN(60*(most-least))) * time.Minute)
	for h := t.Hour(); h < 9 || h >= 14 || restDay(t.Truncate(24*time.Hour)); h = t.Hour() {
		t = t.Add(time.Hour)
	}
	return t
}
