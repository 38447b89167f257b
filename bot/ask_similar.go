package bot

import (
	"strings"

	"andon/bot/view"
	"andon/signals/decide"
	"andon/signals/detect"
)

// alikes is how many like cases an answer shows.
const alikes = 5

// similar tells what was like a case or some words before, and how it ended. It
// compares what was said in public, as far as the asker may see it.
func (q *question) similar() (*view.Card, error) {
	w := q.brain.w
	_, inThread := q.thread()
	switch {
	case len(q.args) == 0 && !inThread:
		return nil, unclearf("Tell me what to compare: similar PAY-17, or a few words such as similar checkout times out.")
	case w.Memory.Index == nil:
		return nil, unclearf("I do not compare cases here: no detector that needs it is switched on.")
	}
	card := &view.Card{Title: "Like these words", Footer: "Compared by their words, most alike first."}
	var likes []decide.Likeness
	if len(q.args) > 0 && !isReference(q.args[0]) {
		likes = w.SimilarWords(clipped(q.words.plain(q.rest), longest), q.viewer, alikes, q.words.now)
	} else {
		c, err := q.find("similar")
		if err != nil {
			return nil, err
		}
		card.Title = "Like " + lowerThis(caseName(c.For(q.viewer)))
		likes = w.Similar(c, q.viewer, alikes, q.words.now)
	}
	for i := range likes {
		l := &likes[i]
		name := q.title(l.Key)
		card.Lines = append(card.Lines, view.Paragraph{Text: name + "\n" + q.ending(l)})
		if url := q.url(l.Key, l.Label); url != "" {
			card.Links = append(card.Links, view.Link{Text: name, URL: url})
		}
	}
	if len(likes) == 0 {
		return say("I have seen nothing like it that you may see."), nil
	}
	return card, nil
}

// lowerThis is the name of a case within a sentence.
func lowerThis(name string) string {
	if rest, ok := strings.CutPrefix(name, "This "); ok {
		return "this " + rest
	}
	return name
}

// ending tells how a like case ended, and with which team.
func (q *question) ending(l *decide.Likeness) string {
	text := "still open"
	if l.Closed {
		text = "closed " + l.ClosedAt.In(q.words.zone()).Format("2 Jan 2006")
		if l.Resolution != "" {
			text += " as " + l.Resolution
		}
	}
	switch {
	case l.Team != "" && l.Closed:
		text += ", last held by " + l.Team
	case l.Team != "":
		text += ", with " + l.Team
	}
	if words := detect.Telling(l.Words, 4); len(words) > 0 {
		text += "; both say " + strings.Join(words, ", ")
	}
	return text
}
