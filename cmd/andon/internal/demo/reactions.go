package demo

import (
	"slices"
	"time"
)

// recipient stands for whoever was told, in what follows a reaction.
const recipient = "*"

// reaction is what somebody does when andon has told them something. It is
// looked for in Slack: where a visitor was quicker, or andon told nobody, the
// press is left out and what follows happens all the same.
type reaction struct {
	Name  string
	Who   string            // whom andon must have told; "" for anybody
	About []string          // words that the message must hold, all of them
	In    string            // the channel in which it stands; "" for a direct message
	After time.Duration     // so long after it was said, or after the reaction named in On
	On    string            // only after this reaction
	Next  bool              // to a message that was said after it
	Press string            // the id of the button or menu; "" for none
	Pick  string            // part of the text of the choice in a menu
	Fill  map[string]string // what is entered in the modal that opens: by a part of the input's id or label
	By    time.Time         // by then what follows happens even without a nudge
	Then  []beat            // At is how long after begin
	Note  string
}

// after makes a beat happen so long after the reaction.
func after(d time.Duration, b beat) beat {
	b.At = begin.Add(d)
	return b
}

// begin is the moment that the beats of a reaction count from.
var begin = time.Time{}.AddDate(1000, 0, 0)

func saying(who, where, re, text string) beat {
	return beat{Do: says, Who: who, Where: where, Re: re, Text: text}
}

func changing(who, key string, set ...string) beat {
	b := change("Mon 00:00", who, key, set...)
	return b
}

const minute = time.Minute

// answers are the reactions of the week. Mei's worry of Tuesday has none: nobody
// answers, and the signal dies.
func answers() []reaction { return slices.Concat(firstAnswers(), laterAnswers()) }

// firstAnswers are those to what begins on Monday and Tuesday, for the most part.
func firstAnswers() []reaction {
	return []reaction{
		{Name: "gift", About: []string{"asked", "#help-checkout"}, After: 18 * minute, By: on("Mon 16:30"), Note: "{who} was told of the question and answers Otis in the thread.", Then: []beat{
			after(minute, saying(recipient, "", "gift", "The field is called giftNote since January, the handbook is behind. I will mend the handbook.")),
			after(14*minute, saying("otis", "", "gift", "That works, thank you.")),
			after(16*minute, beat{Do: reacts, Who: "otis", Re: "gift", Text: "white_check_mark"}),
		}},
		{Name: "downgraded", About: []string{"SUP-126"}, After: 20 * minute, Press: "claim", By: on("Tue 10:30"), Note: "{who} presses I'm on it for SUP-126, and puts its priority back.", Then: []beat{
			after(5*minute, changing("dana", "SUP-126", "priority", "High", "holder", "rosa")),
			after(26*time.Hour, changing("rosa", "SUP-126", "status", "Done", "resolution", "Fixed")),
		}},
		{Name: "wishlist", About: []string{"problem was described"}, After: 15 * minute, Press: "ticket", Fill: map[string]string{"project": "SUP", "what is it": "Bug"}, By: on("Tue 11:00"), Note: "{who} presses Create ticket for Zoe's crash, right in the message.", Then: []beat{
			after(3*minute, saying(recipient, "", "wishlist", "Zoe, there is a ticket for it now, and Hana looks at it today.")),
		}},
		{Name: "long claim", About: []string{"SUP-131"}, After: 12 * minute, Press: "claim", By: on("Tue 11:30"), Note: "{who} presses I'm on it for SUP-131: it is the token vault, as in the cases before."},
		{Name: "long together", On: "long claim", About: []string{"SUP-131"}, After: 4 * minute, Press: "together", By: on("Tue 11:40"), Note: "{who} presses Bring us together: June, who filed it, and {who} talk directly. Four teams are spared the rest.", Then: directTalk()},
		{Name: "long solved", On: "long together", Next: true, Who: "june", About: []string{"Is it solved?", "SUP-131"}, After: 35 * minute, Press: "solved", By: on("Wed 17:00"), Note: "June, who filed SUP-131, was asked whether it is solved, and presses Solved. That is the sixth and last stage of a signal: confirmed."},
		{Name: "downgraded left", Who: "lotte", On: "downgraded", Next: true, About: []string{"Is it solved?", "SUP-126"}, After: 25 * minute, Press: "denied", By: on("Thu 09:00"), Note: "Lotte, who filed SUP-126, was asked whether it is solved, and presses Still happening. Rosa, who solved it, is told at once.", Then: []beat{
			after(40*minute, changing("rosa", "SUP-126", "status", "In Progress")),
			after(5*time.Hour, changing("rosa", "SUP-126", "status", "Done", "resolution", "Fixed")),
		}},
		{Name: "downgraded solved", Who: "lotte", On: "downgraded left", Next: true, About: []string{"Is it solved?", "SUP-126"}, After: 30 * minute, Press: "solved", By: on("Fri 09:00"), Note: "Lotte is asked a second time, and the last. Now it is solved."},
		{Name: "snooze", Who: "raj", About: []string{"PLAT-152"}, After: 10 * minute, Press: "snooze", Pick: "omorrow", By: on("Tue 15:00"), Note: "Raj snoozes PLAT-152 until tomorrow at nine."},
		{Name: "snoozed", On: "snooze", Next: true, Who: "raj", About: []string{"PLAT-152"}, After: 20 * minute, Press: "claim", By: on("Wed 12:00"), Note: "Raj takes PLAT-152 up, reminded as he had wished.", Then: []beat{
			after(8*minute, changing("raj", "PLAT-152", "status", "In Progress")),
		}},
		{Name: "orphan", About: []string{"SUP-133"}, After: 14 * minute, Press: "claim", By: on("Tue 15:30"), Note: "{who} takes SUP-133 out of the queue of Mobile.", Then: []beat{
			after(6*minute, changing("carmen", "SUP-133", "holder", "hana", "status", "In Progress")),
			after(22*time.Hour, changing("hana", "SUP-133", "status", "Done", "resolution", "Fixed")),
		}},
		{Name: "deflected", About: []string{"sent into a process"}, After: 16 * minute, Press: "claim", By: on("Tue 15:45"), Note: "{who} does not ask for a ticket and looks at Elle's preview builds.", Then: []beat{
			after(9*minute, saying(recipient, "", "preview", "The new image had no git in it. Fixed, please start them again.")),
			after(25*minute, saying("elle", "", "preview", "They start again, thank you.")),
		}},
		{Name: "bounced", About: []string{"sent on to others"}, After: 10 * minute, Press: "claim", By: on("Thu 15:30"), Note: "{who} presses I'm on it for Noor, who was sent on twice. What {who} was told says what helped Silas, who had asked the like on Tuesday.", Then: []beat{
			after(20*minute, saying(recipient, "", "log", "Noor, you have it now. It was one line with us, sorry for the round.")),
			after(31*minute, saying("noor", "", "log", "It works, thank you.")),
		}},
		{Name: "workaround", About: []string{"worked round"}, After: 12 * minute, Press: "useless", Fill: map[string]string{"what was it": "noise"}, By: on("Wed 12:00"), Note: "{who} presses Not useful. It counts for how this kind of signal is judged, and nobody sees who said so."},
		{Name: "workaround again", On: "workaround", Next: true, About: []string{"worked round"}, After: 14 * minute, Press: "useless", Fill: map[string]string{"what was it": "noise"}, By: on("Thu 15:30"), Note: "{who} presses Not useful, too. That is two of two in #platform: this kind of signal pauses there, and the admins are told."},
		{Name: "second long", About: []string{"SUP-137"}, After: 12 * minute, Press: "claim", By: on("Thu 11:30"), Note: "{who} presses I'm on it for SUP-137. The standing route saved the way to whoever comes next.", Then: []beat{
			after(9*minute, changing("sana", "SUP-137", "team", "Identity", "holder", "luca", "status", "In Progress")),
			after(5*time.Hour, changing("luca", "SUP-137", "status", "Done", "resolution", "Fixed")),
		}},
		{Name: "blocked", About: []string{"PLAT-160"}, After: 20 * minute, Press: "claim", By: on("Thu 16:30"), Note: "{who} takes up PLAT-160, for which two other teams wait.", Then: []beat{
			after(15*minute, changing("dov", "PLAT-160", "status", "In Progress")),
			after(4*time.Hour, changing("dov", "PLAT-160", "status", "Done", "resolution", "Fixed")),
		}},
	}
}

// laterAnswers are the rest.
func laterAnswers() []reaction {
	return []reaction{
		{Name: "ping pong", About: []string{"SHOP-118"}, After: 15 * minute, Press: "refuse", Fill: map[string]string{"instead": "anya"}, By: on("Wed 12:30"), Note: "{who} presses Not me for SHOP-118, and names Anya."},
		{Name: "ping pong next", On: "ping pong", Next: true, Who: "anya", About: []string{"SHOP-118"}, After: 12 * minute, Press: "claim", By: on("Thu 12:00"), Note: "Anya is asked instead, and is on it."},
		{Name: "echo", About: []string{"people report the same symptom"}, After: 9 * minute, Press: "claim", By: on("Wed 12:15"), Note: "{who} presses I'm on it for the error that three people see.", Then: []beat{
			after(30*minute, saying(recipient, "", "502", "One node behind the checkout was sick, it is out of the rotation. Please try again.")),
			after(48*minute, saying("wren", "", "502", "Works again for all of us, thanks.")),
			after(50*minute, beat{Do: reacts, Who: "wren", Re: "502", Text: "white_check_mark"}),
		}},
		{Name: "drill", About: []string{"[DRILL]", "I'm on it"}, After: 7 * minute, Press: "claim", By: on("Wed 16:30"), Note: "{who} takes the drill up, as if it were real."},
		{Name: "drill over", On: "drill", About: []string{"[DRILL]", "Solved"}, After: 12 * minute, Press: "solved", By: on("Wed 16:50"), Note: "{who} presses Solved."},
		{Name: "drill confirmed", On: "drill over", Next: true, Who: "dana", About: []string{"[DRILL]", "Is it solved?"}, After: 9 * minute, Press: "drill.solved", By: on("Wed 17:20"), Note: "Dana is asked whether it is solved, as whoever raises something is, and the report of the drill follows."},
		{Name: "climb", About: []string{"SUP-128"}, After: 25 * minute, Press: "claim", By: on("Wed 16:30"), Note: "{who} takes SUP-128, which had been up and down.", Then: []beat{
			after(20*minute, changing("wren", "SUP-128", "team", "Data", "holder", "noor")),
			after(21*time.Hour, changing("noor", "SUP-128", "status", "Done", "resolution", "Fixed")),
		}},
		{Name: "second flapping", About: []string{"fired and healed", "MailLag"}, After: 13 * minute, Press: "claim", By: on("Fri 15:00"), Note: "{who} takes the second alert: Stellan, who has the first, is left in peace."},
		{Name: "flapping", About: []string{"fired and healed", "QueueLag"}, After: 13 * minute, Press: "claim", By: on("Thu 10:00"), Note: "{who} takes the alert that nobody owned."},
		{Name: "cord", About: []string{"pulled the cord", "twice"}, After: 8 * minute, Press: "claim", By: on("Thu 10:00"), Note: "{who} answers the cord and stops the settlement job."},
		{Name: "incident", Who: "dana", In: "inc-0312-settlement", About: []string{"no update"}, After: 9 * minute, Press: "claim", By: on("Thu 13:30"), Note: "Dana answers for #inc-0312-settlement, which andon had reminded of an update."},
		{Name: "came back", About: []string{"SHOP-126"}, After: 22 * minute, Press: "claim", By: on("Thu 13:00"), Note: "{who} takes SHOP-126: closed as Won't Fix, and back.", Then: []beat{
			after(5*time.Hour, changing("milo", "SHOP-126", "status", "In Progress")),
		}},
		{Name: "prices", About: []string{"pulled the cord", "rotating_light"}, After: 7 * minute, Press: "claim", By: on("Fri 11:00"), Note: "{who} is on it within minutes.", Then: []beat{
			after(40*minute, saying(recipient, "", "prices", "The price cache of the app was a day old. Emptied, and it is watched now.")),
			after(55*minute, saying("hana", "", "prices", "Fixed, prices are right again. Thanks.")),
			after(57*minute, beat{Do: reacts, Who: "hana", Re: "prices", Text: "white_check_mark"}),
		}},
		{Name: "budget", About: []string{"asked", "#leads"}, After: 20 * minute, By: on("Next 11:00"), Note: "{who} answers Marek in #leads.", Then: []beat{
			after(minute, saying(recipient, "", "budget", "The second index runs since the first of March, on purpose. It goes away in April, then the bill halves.")),
		}},
	}
}

// directTalk is what follows the introduction: two people, and it is over in
// half a day.
func directTalk() []beat {
	return []beat{
		after(6*minute, saying("bea", together, "", "Hi June. I know this one: tokens that were saved before the spring update lack a field. Do you have one customer number for me?")),
		after(11*minute, saying("june", together, "", "Yes, I send you three. I did not know that it is with you, it was with four teams already.")),
		after(20*minute, changing("dov", "SUP-131", "team", "Identity", "holder", "bea", "status", "In Progress")),
		after(24*minute, saying("bea", together, "", "Found it. I repair the tokens over lunch, then it works without typing the card again.")),
		after(3*time.Hour, changing("bea", "SUP-131", "status", "Done", "resolution", "Fixed")),
		after(3*time.Hour+25*minute, saying("june", together, "", "All three can pay again. Thank you, Bea.")),
	}
}

// together is the group message in which andon brought people together.
const together = "together"
