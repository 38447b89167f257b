package risk

// The plain features.
const (
	fEntries = iota
	fHandoffs
	fTeams
	fRevisits
	fReturns
	fHolderMoves
	fHolders
	fHolderBack
	fActorMoves
	fActors
	fUnset
	fHeight
	fHighest
	fRises
	fFalls
	fStatuses
	fIdle
	fEdits
	fTalk
	fLinks
	fReopens
	fRaised
	fSinceTeam
	fTitleLen
	fBodyLen
	fHasTeam
	fHasHolder
	fHolderIsActor
	fHolderIsOpener
	fActorIsOpener
	fOpenerActs
	fHome
	fAge
	fGap
	fPace
	fTeamTime
	fStatusTime
	fHolderTime
	fHour
	fDay
	fOpenHour
	fOpenDay
	fClosed
	fFlow                             // the first of flown
	plain = fFlow + flowKeys*memories // their number
)

// The categories whose history is looked up.
const (
	cTeam = iota
	cPair
	cFirst
	cRoute
	cHolder
	cHolderTeam
	cActor
	cActorTeam
	cOpener
	cStatus
	cStatusTeam
	cStatusMove
	cLevel
	cLevelTeam
	cLevelMove
	cPriority
	cPriorityTeam
	cType
	cProject
	cChange
	cChanges
	cTeamStep
	cTeamChange
	cTeamOpener
	cHourOfDay
	cSig
	cSigTeam
	cSigs
	cSigs3
	cSigStep
	cStatusPart
	categories // their number
)

// Things of which a case may have several; a row has the mean and the greatest
// of their histories.
const (
	bagPart = categories + iota
	bagPartTeam
	bagWord
	bagField
	bagFieldTeam
	bags = iota
)

// Where the columns of a row stand.
const (
	fieldSlots = 16 // fields with two columns of their own: the value, and the value with the team

	colCat  = plain
	colBag  = colCat + categories
	colSlot = colBag + 2*bags
	colSeen = colSlot + 2*fieldSlots
	colAux  = colSeen + 4         // the history of moving on at all, by category
	colRate = colAux + categories // how often the outcome comes at such a stage, in log-odds
	columns = colRate + 1
)

// What histories are kept of: the outcomes, and whether a case moves on to
// another team at all, which is seen often and so tells early.
const (
	targets = len(Outcomes) + 1
	moves   = len(Outcomes)
)

// set is a set of targets.
type set uint8

func (s set) has(o int) bool { return s>>o&1 == 1 }
