package demo

import "slices"

// tuesday: the long path is cut short, somebody is sent away, and a worry in weak
// words finds nobody.
func tuesday() []beat {
	return slices.Concat([]beat{
		say("Tue 08:50", "wren", "support", "Morning. Twelve new ones over night, nothing wild."),
		say("Tue 09:10", "hana", "mobile", "5.2 has reached half of the phones."),
		say("Tue 09:20", "kofi", "payments", "The bank moved the weekly call to Thursday.").as("call"),
		reply("Tue 09:24", "rosa", "call", "ok, I will be there"),
		say("Tue 10:50", "arlo", "general", "Figures for the board are sent."),
		say("Tue 11:15", "jonas", "help-checkout", "Reminder: the sale page is frozen from Thursday noon."),
		say("Tue 12:10", "bram", "platform", "Lunch?"),
		say("Tue 12:11", "dov", "platform", "coming"),
		say("Tue 13:30", "marek", "search", "The new synonyms are live: settee finds sofas now."),
		say("Tue 14:05", "viktor", "payments", "I am at the dentist until four."),
		say("Tue 15:10", "sana", "platform", "Build agents have the new image."),
		say("Tue 15:40", "noor", "general", "The data course on Thursday has three free places."),
		say("Tue 16:20", "finn", "identity", "Session cleanup runs an hour earlier from tonight, as agreed."),
	}, tuesdayAsks(), tuesdayTickets())
}

func tuesdayAsks() []beat {
	return []beat{
		say("Tue 09:35", "elle", "platform", "The preview builds do not start since this morning, can anybody help?").as("preview"),
		reply("Tue 09:41", "bram", "preview", "please open a ticket").note("Elle asks for help in #platform and is told to open a ticket. That ends the talk, and nothing else follows."),
		say("Tue 09:50", "mei", "payments", "might be nothing, but the settlement job writes two rows for some refunds since Sunday").as("worry").
			note("Mei voices a worry in #payments, in careful words. Remember it on Thursday: it is the signal that nobody picks up."),
		say("Tue 10:20", "silas", "search", "Can someone grant our dashboards access to the search log of the shop please?").as("old log"),
		reply("Tue 10:31", "theo", "old log", "I put your dashboards into the group search-readers, that is all it takes."),
		reply("Tue 10:44", "silas", "old log", "works, thank you"),
		say("Tue 11:25", "wren", "help-checkout", "How can a customer change the delivery address after paying?").as("address"),
		reply("Tue 11:31", "jonas", "address", "They can not, but you can: open the order, edit, save. It works until it leaves the warehouse."),
		reply("Tue 11:33", "wren", "address", "great, that works, thanks"),
		command("Tue 11:40", "felix", "general", "/andon path SUP-131").note("Felix types /andon path SUP-131: which teams had it, how long, and what the direct way would have been. Only he sees the answer."),
	}
}

func tuesdayTickets() []beat {
	return []beat{
		file("Tue 09:05", "greta", "SUP-133", ticket{
			Title: "Guests in Norway cannot pay in the app", Priority: "Highest", Component: "app", Team: "Mobile", Text: "Every guest order from Norway stops at the last step.",
		}).note("SUP-133 is urgent, stands in the queue of Mobile, and nobody has taken it."),
		change("Tue 10:05", "kofi", "SUP-131", "team", "Platform", "holder", "dov").
			note("SUP-131 goes to Platform, its fourth team. Watch Bea: she is in none of these teams, and she is who can solve it."),
		change("Tue 11:00", "sunil", "SUP-128", "level", "L3", "holder", "amara"),
	}
}
