package bot

import (
	"context"
	"fmt"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
	"andon/signals/text"
)

// askPrefix begins the ids of the messages that ask who raised something whether
// it is solved.
const askPrefix = "a"

// What is said to words in the thread of a question.
const (
	tookSolved  = "Thank you. I take that as solved."
	tookStill   = "Thank you. I take that as still happening: it is open again, and followed."
	tookPartly  = "Thank you. I take that as solved in part: it stays open, and is followed."
	tookLeft    = "Thank you. I take that as solved in part, and pass on what is left."
	notClear    = "I am not sure whether that means that it is solved. The buttons of the message above answer it: Solved, Still happening or Partly."
	wasAnswered = "You said already that it is solved. If it is there again, please pull the cord, or write so where it is worked on."
)

// inThread takes what somebody wrote in the thread of a question whether something
// is solved as the button that says the same. done is false for what was written
// elsewhere, and for commands. What was written is read and not kept, but for what
// is left, which is kept as that of the form is.
func (b *Bot) inThread(ctx context.Context, a view.Asked) (r view.Reply, done bool, err error) {
	if a.Kind != view.Mention || !a.Direct || a.Thread == "" || a.Thread == a.Message {
		return r, false, nil
	}
	at := signals.Copy{}
	if i := strings.LastIndexByte(a.Thread, '/'); i > 0 {
		at.Channel, at.TS = a.Thread[:i], a.Thread[i+1:]
	}
	id, ok, err := b.c.Store.MessageAt(ctx, askPrefix, at)
	if err != nil || !ok {
		return r, false, err
	}
	p, err := b.pressing(ctx, a.User, value{message: id})
	if err != nil || p.no != "" {
		return r, false, err
	}
	says, left, err := b.verdict(ctx, a)
	if err != nil {
		return r, false, err
	}
	if says == text.Unclear && isCommand(a.Text) {
		return r, false, nil
	}
	r, err = b.answeredInWords(ctx, a, p, id, says, left)
	if err != nil {
		return view.Reply{}, true, fmt.Errorf("take words for an answer: %w", err)
	}
	return r, true, nil
}

// verdict is what somebody's words say to the question whether it is solved. Of who
// opted out nothing is read.
func (b *Bot) verdict(ctx context.Context, a view.Asked) (says text.Verdict, left string, err error) {
	err = b.inWorld(ctx, func(w *decide.World) error {
		if k, _ := signals.ParseKey(a.User); !w.Org.OptedOut(a.User) {
			says, left = w.Memory.Lexicon.Verdict(readable(w, k.Site, a.Text))
		}
		return nil
	})
	return says, view.Line(left, mostLeft), err
}

// isCommand reports whether somebody asks something of andon.
func isCommand(words string) bool {
	name, _ := spoken(words, true)
	for i := range commands {
		if commands[i].name == name {
			return true
		}
	}
	return false
}

// answeredInWords does what the button does that says the same. What is not clear
// is answered once for each question, and not at all once it is answered.
func (b *Bot) answeredInWords(ctx context.Context, a view.Asked, p *pressing, id string, says text.Verdict, left string) (r view.Reply, err error) {
	l := p.held[0].r.Ledger
	switch {
	case l.Reached(signals.ConfirmedBy) && (says == text.SaysStill || says == text.SaysPartly):
		return tell(a, wasAnswered), nil
	case l.Reached(signals.ConfirmedBy):
		return r, nil
	case says == text.SaysSolved:
		r, err = b.solve(ctx, a, p)
		return taken(a, r, tookSolved), err
	case says == text.SaysStill:
		r, err = b.deny(ctx, a, p, "", "")
		return taken(a, r, tookStill), err
	case says == text.SaysPartly:
		r, err = b.deny(ctx, a, p, signals.Partly, left)
		if left == "" {
			return taken(a, r, tookPartly), err
		}
		return taken(a, r, tookLeft), err
	case !over(p.held[0].r):
		return r, nil // it was answered, and this is talk
	}
	hint := besideID(unclearID, id)
	return r, b.queueBy(ctx, b.c.Store.Answer, hint, a.Thread, &view.Card{Key: hint, Kind: "notice", Lines: []view.Paragraph{{Text: notClear}}})
}

// taken says how words were taken, unless there is something else to say.
func taken(a view.Asked, r view.Reply, words string) view.Reply {
	if r.Card != nil {
		return r
	}
	return tell(a, words)
}
