package slack

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/bot/view"
)

// Which kinds of blocks a workspace may refuse: Slack brings them to one
// workspace after the other. They are written as Slack names them.
const (
	tableKind   = string(slackgo.MBTDataTable)
	chartKind   = string(slackgo.MBTDataVisualization)
	pictureKind = string(slackgo.MBTImage)
)

// refusedFor is how long a workspace that refused a kind of blocks is not
// offered it again.
const refusedFor = 24 * time.Hour

// manyPictures is how many pictures are remembered, so that a message that is
// edited does not need a new one.
const manyPictures = 500

// wardrobe is what a workspace takes. It is used with the Poster's lock held.
type wardrobe struct {
	refused  map[string]time.Time // kinds of blocks: not offered before
	pictures recent               // file id by what the picture shows
}

func newWardrobe() wardrobe {
	return wardrobe{refused: map[string]time.Time{}, pictures: recent{most: manyPictures}}
}

// isRich reports whether a card has parts that not every workspace takes.
func isRich(c *view.Card) bool { return len(c.Tables) > 0 || len(c.Charts) > 0 }

// taken is the form that the workspace takes, as far as is known, without
// pictures.
func (p *Poster) taken() form {
	return form{tables: p.offers(tableKind), charts: p.offers(chartKind)}
}

func (p *Poster) offers(kind string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.w.Now().Before(p.refused[kind])
}

func (p *Poster) refuses(kinds ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range kinds {
		p.refused[k] = p.w.Now().Add(refusedFor)
	}
}

// dressed sends a card in the richest form that the workspace takes: its own
// tables and charts, else pictures of the charts, else words. What is refused is
// known to have had no effect, so that sending again makes no second message.
func (p *Poster) dressed(ctx context.Context, op string, c *view.Card, send func(options []slackgo.MsgOption) (gjson.Result, error)) (gjson.Result, error) {
	as := form{}
	if isRich(c) {
		as = p.withPictures(ctx, c, p.taken())
	}
	var without []string
	for {
		options, err := p.options(op, c, as)
		if err != nil {
			return gjson.Result{}, err
		}
		body, err := send(options)
		refused := p.poorer(c, &as, refusedForm(err))
		if len(refused) == 0 {
			if err == nil && len(without) > 0 { // else something else was wrong with it
				p.refuses(without...)
				p.w.Log.Warn("the workspace refuses parts of a message; they are sent in another form", "team", p.w.Team, "kind", c.Kind, "parts", without)
			}
			return body, err
		}
		without = append(without, refused...)
		if !as.charts && slices.Contains(refused, chartKind) {
			as = p.withPictures(ctx, c, as)
		}
	}
}

// withPictures adds pictures of the charts where those are not drawn by Slack.
// Where there can be none the charts are told in words.
func (p *Poster) withPictures(ctx context.Context, c *view.Card, as form) form {
	if as.charts || len(c.Charts) == 0 || !p.offers(pictureKind) {
		return as
	}
	pictures := make([]string, len(c.Charts))
	for i := range c.Charts {
		id, err := p.picture(ctx, c.Charts[i])
		if err != nil {
			p.w.Log.Warn("a chart could not be sent as a picture; it is told in words", "team", p.w.Team, "error", err)
			var refused slackgo.SlackErrorResponse
			if errors.As(err, &refused) && auth[refused.Err] {
				p.refuses(pictureKind) // a scope is missing: the next ones would fare no better
			}
			return as
		}
		pictures[i] = id
	}
	as.pictures = pictures
	return as
}

// poorer makes the form do without what was refused, and returns the kinds that
// it does without now: none where that cannot be the cause.
func (p *Poster) poorer(c *view.Card, as *form, refused *slackgo.SlackErrorResponse) []string {
	if refused == nil {
		return nil
	}
	_, blocks, err := render(p.w.Team, c, *as)
	if err != nil {
		return nil
	}
	has, named := map[string]bool{}, culprits(refused, blocks)
	for _, b := range blocks {
		has[string(b.BlockType())] = true
	}
	var out []string
	drop := func(kind string) {
		if has[kind] && (len(named) == 0 || named[kind]) {
			out = append(out, kind)
		}
	}
	drop(tableKind)
	drop(chartKind)
	if drop(pictureKind); len(out) == 0 && len(named) > 0 {
		return nil // something else is wrong, and would be without them
	}
	for _, kind := range out {
		switch kind {
		case tableKind:
			as.tables = false
		case chartKind:
			as.charts = false
		case pictureKind:
			as.pictures = nil
		}
	}
	return out
}

// refusedForm is the refusal of the form of a message, nil for every other
// outcome.
func refusedForm(err error) *slackgo.SlackErrorResponse {
	var refused slackgo.SlackErrorResponse
	if errors.As(err, &refused) && (refused.Err == "invalid_blocks" || refused.Err == "invalid_blocks_format" || refused.Err == "invalid_attachments") {
		return &refused
	}
	return nil
}

var blockPointer = regexp.MustCompile(`/blocks/(\d+)`)

// culprits are the kinds of blocks that a refusal points at.
func culprits(refused *slackgo.SlackErrorResponse, blocks []slackgo.Block) map[string]bool {
	out := map[string]bool{}
	for _, m := range refused.ResponseMetadata.Messages {
		for _, at := range blockPointer.FindAllStringSubmatch(m, -1) {
			if n, err := strconv.Atoi(at[1]); err == nil && n < len(blocks) {
				out[string(blocks[n].BlockType())] = true
			}
		}
	}
	return out
}
