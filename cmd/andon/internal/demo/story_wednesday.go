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
	}, wednesdayTrouble(), slices.Concat(
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
		reply("Wed 13:58", "priya", "lamps", "The small ones, forty by forty. It is in the product sheet."),
		change("Wed 14:00", "amara", "SUP-128", "level", "L1", "holder", "wren").note("SUP-128 went up to support level 3 and comes down again, unsolved."),
		command("Wed 16:05", "ines", "support", "/andon list team").note("Ines types /andon list team: everything that is open around her team."),
	}
}
