package bot

import "errors"

// untrained is what a look ends with when a training of the models fell due
// under it: that is done while the world is free, and the look begins anew.
type untrained struct{}

func (untrained) Error() string { return "the models are to be trained first" }

func isUntrained(err error) bool {
	var u untrained
	return errors.As(err, &u)
}

// trained is nil where the models know what they can.
func (b *brain) trained() error {
	if b.w.Training() != nil {
		return untrained{}
	}
	return nil
}

// train does the training of the models that is due, while the world goes on.
func (b *Bot) train() {
	b.mu.Lock()
	br := b.brain
	b.mu.Unlock()
	br.training.Lock()
	defer br.training.Unlock()
	b.mu.Lock()
	t := br.w.Training()
	b.mu.Unlock()
	if t == nil {
		return
	}
	began := b.c.Wall()
	t.Fit()
	b.mu.Lock()
	t.Done()
	b.mu.Unlock()
	b.log.Info("the early warning was trained", "took", b.c.Wall().Sub(began))
}
