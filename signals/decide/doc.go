// Package decide is the brain: state in, nudges out. Live, shadow, demo, replay
// and backtest all run this code, so they cannot disagree.
//
// The way of one event:
//
//	Take    folds the event into its case, its channel, the organisation and the models
//	Look    shows the case to the detectors and enters what they find into the book
//	route   names who can act, and why (signals/route)
//	hold    says whether now is the time: mode, audience, mute, repeat, quiet hours, budget, merge
//	Track   moves the ledgers of the signals that the event concerns
//	Due     releases held nudges, goes sideways to the next who could help where
//	        somebody refused, did not answer or could not be reached, tells those
//	        again who asked for it, and lets signals die that nothing came of
//
// A World is the state that these steps work on. Replay fills one World with
// everything; a service fills it with what one problem needs. Nothing here
// reads a clock, sends anything or keeps locks.
//
// The package does not own the weaknesses (signals/detect), the ranking of
// people (signals/route), or storage and sending (store, bot).
package decide
