package detect

import (
	"strings"

	"andon/signals"
)

// workThings are what software and the people around it are made of, in plain
// words; a plural "s" may follow. They tell a worry about work from one about lunch.
var workThings = wordSet(`
	server service host node cluster machine box vm container pod image kernel cpu memory ram disk storage volume bucket filesystem partition shard replica
	database db table index query schema migration transaction lock backup snapshot restore dump cache queue topic consumer producer broker worker job cron
	scheduler batch pipeline workflow build compile deploy deployment release rollout rollback upgrade patch version branch merge commit test suite ci staging
	prod production environment config configuration setting flag feature module package library dependency sdk api endpoint webhook gateway proxy balancer
	router switch firewall network vpn dns dhcp wifi port socket connection session cookie token key cert certificate secret credential password login auth
	permission role access account user customer tenant client vendor supplier payment invoice order refund ledger balance booking shipment parcel label stock price
	report dashboard metric graph chart alert alarm pager monitoring log trace error warning exception timeout retry retries latency throughput load traffic request response
	page screen form button app browser website site email mail notification message event feed file import export upload download sync integration
	sensor device firmware printer scanner terminal robot battery pump valve motor data dataset record row column field number figure total count checksum
	script code function class test assertion threshold limit quota capacity sla ticket incident outage handover runbook loop thread process daemon agent heap
	algorithm model training solver benchmark performance runtime compiler parser plugin extension editor`)

func wordSet(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// namesWork reports whether a post speaks of a thing of work: an issue key, a
// name as machines bear it (host-97, loadBalancer, retry_count), or a plain word for one.
func namesWork(r *Reading) bool {
	if len(r.Doc.Keys) > 0 {
		return true
	}
	for word := range strings.FieldsFuncSeq(r.Doc.Prose, func(c rune) bool { return strings.ContainsRune(" \t\n,;:!?()[]{}\"“”", c) }) {
		word = strings.Trim(word, ".'’*_~")
		if machineName(word) {
			return true
		}
		word = strings.ToLower(word)
		if workThings[word] || workThings[strings.TrimSuffix(word, "s")] {
			return true
		}
	}
	return false
}

// machineName reports whether a word looks like the name of a host, a job, a
// variable or a file: letters with a digit, an underscore, a dot or a slash
// between, or a capital within.
func machineName(w string) bool {
	letters, odd := 0, false
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			odd = odd || i > 0 && w[i-1] >= 'a' && w[i-1] <= 'z'
			letters++
		case digit(c) && i > 0, c == '_' && i > 0, (c == '.' || c == '/') && i > 0 && i+1 < len(w) && wordByte(w[i+1]) && wordByte(w[i-1]):
			odd = true
		case c == '-':
		default:
			return false
		}
	}
	return odd && letters >= 2
}

// socialWords are parts of the names of channels that are not about work.
var socialWords = wordSet(`random lunch social fun funny meme memes joke jokes offtopic topic watercooler water cooler coffee tea pet pets dog dogs cat cats food cooking music
	movies film games gaming chess sport sports football running cycling bike climbing books reading introduction introductions intro welcome kudos appreciation
	celebration celebrations birthday birthdays holiday holidays parents parenting kids garden gardening travel photos hobby hobbies chatter banter party parties jobs hiring`)

// social reports whether a channel is, by its name, for other things than work.
func social(room *signals.Room) bool {
	if room == nil {
		return false
	}
	for part := range strings.FieldsFuncSeq(strings.ToLower(room.Name), func(c rune) bool { return c == '-' || c == '_' || c == '.' }) {
		if socialWords[part] {
			return true
		}
	}
	return false
}
