package demo

import (
	"fmt"
	"strings"
	"time"
)

// Begin is when the story begins, and End when it is over: the Monday after it,
// when the digest of the week has been said.
var (
	Begin = time.Date(2026, time.March, 9, 9, 0, 0, 0, time.UTC)
	End   = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)
)

// verb is what somebody does in a beat.
type verb string

// The verbs.
const (
	says     verb = "say"     // Text into Where, as a reply to Re where it is given
	reacts   verb = "react"   // the emoji Text on the message Re
	commands verb = "command" // the slash command Text, in Where
	files    verb = "file"    // the ticket Where
	changes  verb = "change"  // Set of the ticket Where
	comments verb = "comment" // Text under the ticket Where
	links    verb = "link"    // the ticket Where waits for the ticket Text
	creates  verb = "create"  // the channel Where; Text is its topic
	fires    verb = "fire"    // the alert Where
	heals    verb = "heal"    // likewise
	opens    verb = "home"    // andon's Home tab
	tells    verb = "tell"    // nothing happens: a note for who watches
)

// beat is one thing that happens in the story.
type beat struct {
	At    time.Time
	Do    verb
	Who   string // person id
	Where string // channel name, or key of a ticket, or name of an alert
	Text  string
	Name  string // what later beats call the message
	Re    string // the message that it is about, or replies to
	Set   []field
	File  *ticket
	Note  string // what who watches is told as it happens
	See   string // address on the page where it is to be seen; "" for where it happens
}

// field is a new value of a field of a ticket.
type field struct{ Name, To string }

// days are the days of the story by the words that the tables use.
var days = map[string]int{"Before": -3, "Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5, "Sun": 6, "Next": 7}

// on reads a moment of the story such as "Tue 10:05"; the Monday after is Next.
func on(s string) time.Time {
	day, clock, _ := strings.Cut(s, " ")
	n, known := days[day]
	t, err := time.Parse("15:04", clock)
	if err != nil || !known {
		panic(fmt.Sprintf("the story names the moment %q", s)) // the tables are part of the program
	}
	midnight := Begin.Truncate(24 * time.Hour)
	return midnight.AddDate(0, 0, n).Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
}

// The makers of beats, for the tables.

func say(at, who, where, text string) beat {
	return beat{At: on(at), Do: says, Who: who, Where: where, Text: text}
}

func reply(at, who, re, text string) beat {
	return beat{At: on(at), Do: says, Who: who, Re: re, Text: text}
}

func react(at, who, re, emoji string) beat {
	return beat{At: on(at), Do: reacts, Who: who, Re: re, Text: emoji}
}

func command(at, who, where, line string) beat {
	return beat{At: on(at), Do: commands, Who: who, Where: where, Text: line}
}

func file(at, who, key string, t ticket) beat {
	return beat{At: on(at), Do: files, Who: who, Where: key, File: &t}
}

// change sets fields: name and value in turn.
func change(at, who, key string, set ...string) beat {
	b := beat{At: on(at), Do: changes, Who: who, Where: key}
	for i := 0; i+1 < len(set); i += 2 {
		b.Set = append(b.Set, field{set[i], set[i+1]})
	}
	return b
}

func comment(at, who, key, text string) beat {
	return beat{At: on(at), Do: comments, Who: who, Where: key, Text: text}
}

// waits links a ticket to one that it waits for.
func waits(at, who, key, other string) beat {
	return beat{At: on(at), Do: links, Who: who, Where: key, Text: other}
}

func create(at, who, where, topic string) beat {
	return beat{At: on(at), Do: creates, Who: who, Where: where, Text: topic}
}

// flap is an alert that fires and heals by itself some minutes later.
func flap(at, alert string, minutes int) []beat {
	t := on(at)
	return []beat{{At: t, Do: fires, Where: alert}, {At: t.Add(time.Duration(minutes) * time.Minute), Do: heals, Where: alert}}
}

// as gives the message of a beat a name.
func (b beat) as(name string) beat {
	b.Name = name
	return b
}

// note tells who watches what to look at.
func (b beat) note(text string) beat {
	b.Note = text
	return b
}
