package bot

import (
	"context"
	"io"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// Store is where everything durable lives.
type Store interface {
	Journal
	Desk
	Shelf
	Outbox
	Messages
	Notices
	Notes
	Book
	Opinions
	Cords
}

// Journal holds what happened, in the order in which it was accepted.
type Journal interface {
	Accept(ctx context.Context, ds ...signals.Delivery) (fresh int, err error)
	Head(ctx context.Context) (int64, error)
	Follow(ctx context.Context, after int64, limit int) ([]signals.Entry, error)
	CaseEvents(ctx context.Context, upTo int64, keys ...signals.Key) (map[signals.Key][]signals.Entry, error)
}

// Desk is where cases wait to be looked at.
type Desk interface {
	Talk
	Standing(ctx context.Context, k signals.Key) (signals.Standing, bool, error)
	News(ctx context.Context, k signals.Key, after int64) ([]signals.Entry, error)
	Commit(ctx context.Context, o signals.Outcome) error
}

// Talk tells which cases have been talked of, and where.
type Talk interface {
	RoomCases(ctx context.Context, channel string, upTo int64, posts int) (keys []signals.Key, name string, count int, err error)
	Rooms(ctx context.Context) (map[string]string, error)
}

// Shelf holds the book: signals with their ledgers and nudges, and what was said
// to whom. The numbers beside messages and counts are their versions.
type Shelf interface {
	Records(ctx context.Context, keys ...signals.Key) ([]*signals.Record, error)
	Lately(ctx context.Context, channel string, n int) ([]*signals.Record, error)
	Told(ctx context.Context, to string, n int) ([]signals.Told, int64, error)
	Spent(ctx context.Context, channelDay string) (int, int64, error)
}

// Outbox holds the messages on their way out.
type Outbox interface {
	Doubts
	Claim(ctx context.Context, message string, now time.Time) (signals.Outgoing, []*signals.Record, bool, error)
	Settle(ctx context.Context, out signals.Outgoing, records []*signals.Record, again time.Time) error
	Unsettled(ctx context.Context, before time.Time) ([]string, error)
}

// Notices are the messages that are about no nudge, each with an id of its own.
type Notices interface {
	Notice(ctx context.Context, id, target string, card []byte, at time.Time) error
	// Answer is Notice for what somebody waits for who pressed or asked something.
	Answer(ctx context.Context, id, target string, card []byte, at time.Time) error
	// NoticeBody gives what a notice says.
	NoticeBody(ctx context.Context, id string) ([]byte, error)
}

// Messages are those that have been said, and where they stand.
type Messages interface {
	RecordsOf(ctx context.Context, nudges ...string) ([]*signals.Record, error)
	// AddCopy makes a message stand in one more place: every later edit changes it there too.
	AddCopy(ctx context.Context, message string, at signals.Copy) error
	// MessageAt finds the message that stands in a place, of those whose ids begin
	// with some letters.
	MessageAt(ctx context.Context, prefix string, at signals.Copy) (id string, ok bool, err error)
}

// Doubts are the messages that were said after an attempt without a clear answer.
type Doubts interface {
	Message(ctx context.Context, id string) (signals.Outgoing, bool, error)
	Doubtful(ctx context.Context, before time.Time) ([]string, error)
	Certain(ctx context.Context, message string) error
}

// Book answers questions about more than one case.
type Book interface {
	// Toward gives the latest n records with a nudge to one of some people or
	// channels, in any state, newest first.
	Toward(ctx context.Context, targets []string, n int) ([]*signals.Record, error)
	// Raised gives the latest n records whose Raiser is one of some ids, newest first.
	Raised(ctx context.Context, raisers []string, n int) ([]*signals.Record, error)
	// Since gives to emit every record that was found or stored at or after a time,
	// in the order in which they were found.
	Since(ctx context.Context, at time.Time, emit func(r *signals.Record) error) error
	// Moved lists the cases that have events of some kinds from one time until
	// before another, in the order of their keys.
	Moved(ctx context.Context, kinds []signals.Kind, from, until time.Time) ([]signals.Key, error)
}

// Opinions holds what people said of nudges.
type Opinions interface {
	AddOpinion(ctx context.Context, o signals.Opinion) error
	// Opinions gives those since a time, oldest first.
	Opinions(ctx context.Context, since time.Time) ([]signals.Opinion, error)
}

// Cords holds who pulled the cord without wishing to be named: nothing else
// knows them.
type Cords interface {
	PutToken(ctx context.Context, token, signal, person string, at time.Time) error
	TakeToken(ctx context.Context, signal string) (person string, ok bool, err error)
	DropToken(ctx context.Context, signal string) error
	// PersonOf finds the person behind a token, or behind the actor made of it.
	PersonOf(ctx context.Context, token string) (person string, ok bool, err error)
}

// Notes holds the loop's own memory.
type Notes interface {
	Cursor(ctx context.Context, name string) (string, error)
	SetCursor(ctx context.Context, name, value string) error
	SaveSnapshot(ctx context.Context, name, version string, pos int64, body []byte) error
	Snapshot(ctx context.Context, name, version string) (pos int64, body io.ReadCloser, ok bool, err error)
}

// Poster says things to people. Its errors may have the methods of the
// interfaces below.
type Poster interface {
	Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error)
	Update(ctx context.Context, at signals.Copy, card *view.Card) error
	Find(ctx context.Context, target, key string, since time.Time) ([]signals.Copy, error)
	Delete(ctx context.Context, at signals.Copy) error
}

// Rooms is where people meet. Channels and people bear ids of the domain.
type Rooms interface {
	// Together opens a direct message with some people and andon, or finds the one
	// that there is. It returns a target for Post.
	Together(ctx context.Context, people []string) (target string, err error)
	// Members lists the accounts that are in a channel now.
	Members(ctx context.Context, channel string) ([]string, error)
	Join(ctx context.Context, channel string) error
	Leave(ctx context.Context, channel string) error
}

// Homes shows people their own page.
type Homes interface {
	PublishHome(ctx context.Context, person string, cards []*view.Card) error
}

// Tickets creates issues at one Jira site for what was found in a chat.
type Tickets interface {
	Projects() []string // keys of the projects in which people may create issues
	Types(ctx context.Context, project string) ([]string, error)
	// Form lists what a person has to fill in for a type, besides title and text.
	Form(ctx context.Context, project, kind string) ([]view.Input, error)
	// Create creates an issue, once for each Key. Its error may be an Unfilled.
	Create(ctx context.Context, t Ticket) (Issue, error)
	Linker
}

// Linker finds issues by what people call them.
type Linker interface {
	// Link finds an issue by its label, such as PAY-17, as long as it may be linked.
	Link(ctx context.Context, label string) (Issue, error)
}

// Ticket is an issue that somebody wants to be created.
type Ticket struct {
	Key           string // makes the issue one, however often it is asked for
	Project, Type string
	Title, Text   string
	Fields        map[string]string // by Input.ID of the form
	By            string            // account or person id of who asks
	ByName        string            // what people call them
}

// Issue is an issue at a Jira site.
type Issue struct {
	Case     signals.Key
	Label    string
	URL      string
	Audience signals.Audience // who may see it, as far as the site tells
}

// unfilled is what the error of a Create may tell: what is missing or wrong, by
// Input.ID, "title" and "text" among them.
type unfilled interface{ Problems() map[string]string }

// What the error of a Poster may tell.
type (
	ambiguous interface{ IsAmbiguous() bool }      // it may have happened
	terminal  interface{ TerminalReason() string } // it will never succeed; "" where it may
	waiting   interface{ RetryAfter() time.Duration }
	mendable  interface{ IsAuth() bool } // our own credentials: it will succeed when they are mended
)

// partial is what the error of a Poll may tell: the rest was read to its end.
type partial interface{ IsPartial() bool }

// lasting is what the error of a Store may tell: it is not about what was given
// to it, and the same will be taken later.
type lasting interface{ IsUnavailable() bool }

// Source is something that is watched by asking it.
type Source interface {
	// Poll gives what changed since a cursor to emit, with the cursor to keep when
	// that is stored. "" is the first contact.
	Poll(ctx context.Context, cursor string, emit func(ctx context.Context, d signals.Delivery, cursor string) error) (string, error)
	// Fetch gives one thing as it is now.
	Fetch(ctx context.Context, ref string) (signals.Delivery, error)
}

// Meter counts and measures what the loop does. Labels are name, value, name, value.
type Meter interface {
	Add(name string, n float64, labels ...string)
	Set(name string, v float64, labels ...string)
	Observe(name string, seconds float64, labels ...string)
}

// noMeter measures nothing.
type noMeter struct{}

func (noMeter) Add(string, float64, ...string)     {}
func (noMeter) Set(string, float64, ...string)     {}
func (noMeter) Observe(string, float64, ...string) {}
