// Package text reads what people and machines write: it takes the markup of
// chat and issue trackers apart, splits words and identifiers, finds cue
// phrases ("is anyone looking at", "please open a ticket"), reduces log lines
// and stack frames to templates, and keeps a similarity index over issues.
//
// A text goes through it in this order:
//
//	raw -> Parse -> Doc{Prose, Code, Quoted, ...} -> Lexicon.Find -> []Hit
//	                                              -> Templates
//	fields -> Index.Query -> []Match, Index.Add, Index.MarkDuplicate
//
// Cues are data, not code: the phrase lists in data/*.txt are English and
// general; a site adds to them, removes from them or replaces them with
// Lexicon.Extend.
//
// The package owns words. It does not own what a cue means for a case (that is
// signals/detect), who can answer (signals/route), or which reader may see a
// text (signals). It is pure: no clock, no files beside the embedded lists, no
// goroutines. Nothing here is safe for concurrent writing; a Lexicon is
// immutable and may be shared.
package text
