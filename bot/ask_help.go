package bot

import (
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

// command is one word that people can say to andon.
type command struct {
	name, args, does, example string
	run                       func(q *question) (*view.Card, error)

	load    func(q *question) error // takes what it needs from the store, before the world is locked
	more    []string                // further examples
	changes bool                    // it writes something, so it stands on what was said just before
	admins  bool                    // for admins only
	on      func(b *Bot) bool       // whether it is switched on; nil: always
}

// commands are what andon answers, in the order of its help.
var commands []command

func init() {
	commands = []command{
		{name: "help", args: "[command]", does: "what I answer", example: "help", more: []string{"help snooze"}, run: (*question).help},
		{name: "status", args: "ISSUE or thread link", does: "the six stages of its signals, and whose turn it is", example: "status PAY-17", more: []string{"status"}, load: (*question).loadStatus, run: (*question).status},
		{name: "path", args: "ISSUE", does: "the teams that held it, and the direct route", example: "path PAY-17", run: (*question).path},
		{name: "cost", args: "EPIC or ISSUE", does: "teams, hand-offs, waiting and approvals of an epic or a row of linked issues", example: "cost PAY-17", load: (*question).loadCost, run: (*question).cost},
		{name: "who", args: "ISSUE, thread link or words", does: "who can likely help, and why", example: "who PAY-17", more: []string{"who invoices arrive twice"}, run: (*question).likely},
		{name: "similar", args: "ISSUE or words", does: "what was like it before, and how that ended", example: "similar PAY-17", more: []string{"similar checkout times out"}, run: (*question).similar},
		{name: "list", args: "[mine|channel|team|all]", does: "open signals", example: "list", more: []string{"list channel", "list team"}, load: (*question).loadList, run: (*question).list},
		{name: "suppressed", args: "[mine|channel|team|all]", does: "what was put aside in the last 30 days, and whether it came back", example: "suppressed", more: []string{"suppressed channel", "suppressed mine"}, load: (*question).loadSuppressed, run: (*question).suppressed},
		{name: "routes", args: "[end N|renew N|add TEAM -> TEAM for DETECTOR|export]", does: "the standing routes between teams, and what came of them", example: "routes", more: []string{"routes end 1", "routes renew 1", "routes add Payments -> Platform for stall", "routes export"}, load: (*question).loadRoutes, changes: true, run: (*question).routes},
		{name: "why", args: "ID or ISSUE", does: "the facts and the rule behind a signal", example: "why k3xq7a", more: []string{"why PAY-17"}, load: (*question).loadNamed, run: (*question).why},
		{name: "pull", args: "[ISSUE] words", does: "pull the cord: something is wrong and somebody should look", example: "pull checkout is slow again", more: []string{"pull PAY-17 nobody looks at it", "pull invoices arrive twice anonymously"}, changes: true, run: (*question).pull},
		{name: "snooze", args: "[ID or ISSUE] TIME", does: "tell me again later", example: "snooze tomorrow 9am", more: []string{"snooze PAY-17 2h", "snooze k3xq7a monday"}, load: (*question).loadNamed, changes: true, run: (*question).snooze},
		{name: "solved", args: "[ID, ISSUE or thread link]", does: "say that it is solved", example: "solved k3xq7a", load: (*question).loadNamed, changes: true, run: (*question).solved},
		{name: "mute", args: "DETECTOR [here] [for 2d]", does: "hear nothing of a detector for a while", example: "mute stall for 2d", more: []string{"mute long path here", "mute all until monday"}, changes: true, run: (*question).muteIt},
		{name: "unmute", args: "DETECTOR [here]", does: "hear of it again", example: "unmute stall", changes: true, run: (*question).unmute},
		{name: "away", args: "[until TIME] [backup @x]", does: "nobody bothers you until you are back", example: "away until monday backup @bea", changes: true, run: (*question).away},
		{name: "back", does: "you are back already", example: "back", changes: true, run: (*question).back},
		{name: "settings", args: "[zone|hours|days|backup|thanks|digest ...]", does: "your settings, and where each comes from", example: "settings", more: []string{"settings zone Europe/Berlin", "settings hours 09:00-17:00", "settings days mon-thu", "settings backup @bea", "settings thanks on"}, changes: true, run: (*question).settings},
		{name: "link", args: "JIRA ACCOUNT", does: "say which Jira account is yours", example: "link 5b10a2844c20165700ede21g", changes: true, run: (*question).linkMe},
		{name: "unlink", args: "[JIRA ACCOUNT]", does: "say that a Jira account is not yours", example: "unlink", more: []string{"unlink 5b10a2844c20165700ede21g"}, changes: true, run: (*question).unlinkMe},
		{name: "watch", args: "[#channel]", does: "watch a channel", example: "watch #payments", changes: true, run: (*question).watch},
		{name: "unwatch", args: "[#channel]", does: "stop watching a channel", example: "unwatch #payments", changes: true, run: (*question).unwatch},
		{name: "optout", does: "what you write is not analysed, and I never write to you first", example: "optout", changes: true, run: (*question).optOut},
		{name: "optin", does: "take that back", example: "optin", changes: true, run: (*question).optIn},
		{name: "forget", does: "whom to ask so that everything about you is removed", example: "forget me", run: (*question).forgetMe},
		{name: "drill", args: "[#channel or PROJECT] [at TIME | random this week], list, or cancel ID", does: "practise the chain: a marked signal takes the real way", example: "drill #payments at tomorrow 10:30", more: []string{"drill", "drill PAY random this week", "drill list", "drill cancel k3xq7a"}, load: (*question).loadDrills, changes: true, run: (*question).drill},
		{name: "mode", args: "DETECTOR shadow|preview|ask|live|off|default [in #channel or PROJECT]", does: "how far a detector may go", example: "mode stall ask", more: []string{"mode", "mode stall live in #payments", "mode stall default in PAY"}, changes: true, admins: true, run: (*question).mode},
		{name: "silence", args: "#channel [from TIME] until TIME", does: "say nothing in a channel for a while, planned ahead", example: "silence #payments from friday 18:00 until monday", changes: true, admins: true, run: (*question).silence},
		{name: "lint", does: "what is broken in the chain: owners who have left, rules that never fire", example: "lint", load: (*question).loadLint, run: (*question).lint, admins: true},
		{name: "digest", args: "now", does: "say the weekly digest now", example: "digest now", admins: true, on: digests, run: (*question).digest},
	}
}

func digests(b *Bot) bool { return b.c.Digest.Channel != "" || b.c.Digest.Leads }

// nearest is the command that is written most like a word.
func nearest(word string) string {
	best, least := "help", len(word)+10
	if r := []rune(word); len(r) > 40 {
		word = string(r[:40])
	}
	for _, c := range commands {
		if d := signals.Distance(word, c.name); d < least {
			best, least = c.name, d
		}
	}
	return best
}

// help lists what the asker can say, or tells more of one command.
func (q *question) help() (*view.Card, error) {
	if len(q.args) > 0 {
		name, _ := spoken(q.rest, false)
		return q.helpOf(strings.Trim(name, `"`))
	}
	card := &view.Card{Title: "What I answer"}
	admin := q.admin()
	for i := range commands {
		c := &commands[i]
		if c.admins && !admin || c.on != nil && !c.on(q.Bot) {
			continue
		}
		card.Facts = append(card.Facts, view.Fact{Name: c.example, Value: c.does})
	}
	card.Footer = "These are examples. Say help and a command for all that it takes. Only you see my answers."
	return card, nil
}

func (q *question) helpOf(name string) (*view.Card, error) {
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return nil, unclearf("I do not know %s. Did you mean %q? Say help for all that I answer.", brief(name), nearest(name))
	}
	c := &commands[i]
	card := &view.Card{Title: c.name, Lines: []view.Paragraph{{Text: c.line() + "."}}}
	slash := q.slash()
	lines := make([]string, 0, 1+len(c.more))
	for _, example := range append([]string{c.example}, c.more...) {
		lines = append(lines, slash+" "+example)
	}
	card.Lines = append(card.Lines, view.Paragraph{Text: strings.Join(lines, "\n")})
	if c.admins {
		card.Footer = "For admins only."
	}
	return card, nil
}

func (c *command) line() string {
	text := c.name
	if c.args != "" {
		text += " " + c.args
	}
	return text + ": " + c.does
}
