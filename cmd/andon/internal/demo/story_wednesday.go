package demo

import "slices"

// wednesday: things come back, several people see one fault, an alert cries wolf.
func wednesday() []beat {
	return slices.Concat([]beat{
		say("Wed 08:55", "ines", "support", "Good morning. Lotte and Pavel have the phones today."),
		say("Wed 09:20", "tess", "help-checkout", "Priya has the rota today."),
		say("Wed 10:05", "yara", "identity", "Test users for the sale are made, list is pinned."),
		say("Wed 10:40", "carmen", "mobile", "Design review at three, please bring the small screens."),
		say("Wed 12:05", "milo", "random", "Soup of the day is tomato. You are welcome."),
		say("Wed 13:15", "greta", "general", "Norway is very happy about the new legs for the oak table."),
		say("Wed 14:20", "theo", "search", "Index rebuild took nine minutes, half of last week."),
		say("Wed 15:05", "dov", "platform", "Staging moves to the new nodes tonight."),
		say("Wed 16:30", "silas", "general", "Visitor figures of February are out, best month so far."),
	}, wednesdayTrouble(), wednesdayLongWay(), slices.Concat(
		flap("Wed 08:10", "QueueLag", 6), flap("Wed 10:05", "QueueLag", 6), flap("Wed 11:50", "QueueLag", 5), flap("Wed 13:40", "QueueLag", 6), flap("Wed 15:20", "QueueLag", 6),
	))
}

func wednesdayTrouble() []beat {
	return []beat{
		say("Wed 09:30", "hugo", "platform", "the nightly price import failed").as("import"),
		reply("Wed 09:36", "dov", "import", "flaky again, just rerun it").note("The nightly import failed again, and is run again. Nobody asks why any more."),
		change("Wed 10:30", "viktor", "SHOP-118", "team", "Checkout", "holder", "anya").note("SHOP-118 comes back to Checkout, which had handed it to Payments on Monday."),
		say("Wed 11:00", "wren", "support", "checkout answers with an error 502 when customers pay by card, is it broken?").as("502"),
		reply("Wed 11:05", "sunil", "502", "same here"),
		reply("Wed 11:08", "pavel", "502", "I am getting the same error too").note("Three people in #support see the same error, one after the other."),
		comment("Wed 15:10", "raj", "PLAT-152", "It is the new memory limit. Two nodes get more tonight."),
		say("Wed 13:50", "lotte", "help-checkout", "Which boxes do the new lamps come in? A customer asks for the size.").as("lamps"),
		comment("Wed 10:10", "anya", "SHOP-121", "I can begin as soon as there is one payment number."),
		reply("Wed 13:58", "priya", "lamps", "The small ones, forty by forty. It is in the product sheet."),
		change("Wed 14:00", "amara", "SUP-128", "level", "L1", "holder", "wren").note("SUP-128 went up to support level 3 and comes down again, unsolved."),
		command("Wed 14:30", "ines", "support", "/andon list team").note("Ines types /andon list team: everything that is open around her team."),
		command("Wed 14:45", "dana", "payments", "/andon drill").note("Dana, who leads Payments, types /andon drill: a marked signal takes the real way while nothing is broken, and the way is measured. It counts nowhere else."),
	}
}

// wednesdayLongWay is a second case that wanders from Support through three teams.
func wednesdayLongWay() []beat {
	return []beat{
		file("Wed 09:10", "omar", "SUP-137", ticket{
			Title: "Guests are asked to sign in again at the last step", Priority: "High", Team: "Support", Holder: "omar", Text: "They type the code from the mail, and are asked for it once more.",
		}),
		change("Wed 11:40", "omar", "SUP-137", "team", "Checkout", "holder", "jonas"),
		comment("Wed 12:15", "jonas", "SUP-137", "The last step only asks whether somebody is signed in. Maybe the payment page."),
		change("Wed 14:25", "jonas", "SUP-137", "team", "Payments", "holder", "viktor"),
		comment("Wed 15:30", "viktor", "SUP-137", "We never see these guests. Maybe the nodes drop their sessions."),
		change("Thu 08:45", "viktor", "SUP-137", "team", "Platform", "holder", "sana").
			note("SUP-137 takes a long way, too: Support, Checkout, Payments, Platform. But Support and Identity were brought together on Tuesday, and that made a standing route."),
	}
}
