// Package risk says how likely it is that an open case escalates, wanders or
// returns, before it does.
//
// Of every case that closes the model keeps samples: what the case looked like
// after its first, second, third ... entry, and what came of it afterwards. A
// sample has plain features (how far the path went, who acted, how long things
// took) and categories (the team, the pair of teams of the last hand-over, the
// status, the product, the words of the title ...). A category counts by its
// history: how much more often than was due at that stage of a path the cases of the
// same value came to the outcome. What closed cases tell is old when it is told, so
// the flow is counted beside it: how many stays at a team end with a hand-over,
// for the team, the component and the opener, as it happens. From these rows a logistic regression and a
// boosted forest are fitted, their log-odds are averaged, and cases that closed
// later than those fitted to correct the scale.
//
// Training falls due at places in the journal, by the number of closed cases,
// and sees the latest cases up to a bound; it is done when the next question
// comes, with the same result. The same history gives the same model. It learns
// from what everybody may see, and never from anything later than the moment
// asked about. Names and words are held as hashes only.
//
// It does not own the detectors that use it (signals/detect) nor the paths that
// it counts (signals).
package risk
