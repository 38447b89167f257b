// Package route finds who can solve a case.
//
// Two sources are asked. The roster says who owns a project, a component, a
// channel or a word (ownership.go). The Model says who solved what in the past,
// who handed what to whom, and where cases like this one ended (model.go). Pick
// puts both together, takes out everybody who cannot be asked, and names the
// reason for each. Direct draws the shortest honest route from who raised a
// case to who will likely solve it.
//
// The Model is a fold of the events: it learns as cases are handed over and
// closed, forgets with time, and answers for any case at any moment. Each kind
// of evidence (a field's value, a pair of them, the words of the title, who
// holds the case now) has a table of decayed counts (tables.go); a small
// log-linear ranker weighs the tables against each other and learns the weights
// from the site's own closed cases (ranker.go), with weights of its own for what
// a case shows and each of the best candidates (cross.go). How far the answers
// can be believed, and the first of them by itself, is learnt from how earlier
// ones turned out (trust.go). Which
// fields tell anything is measured, not configured (fields.go).
//
// What this package does not own: whether somebody should be told at all
// (signals/decide), who may see what (signals), and what the words mean
// (signals/text). Nothing here is safe for concurrent use, and nothing keeps a
// text: words are kept as hashes.
package route
