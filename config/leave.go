package config

// LeaveWords are the default leave_words: they mark an all-day event as an absence, in the languages of the people we know
// of. They match as whole words in any case. Words that also name other things ("off", "free", "away", or "Ferien", which a
// school has) are left out; a user's own list replaces this one.
func LeaveWords() []string {
	return []string{
		"vacation", "holiday", "holidays", "leave", "annual leave", "sick leave", "parental leave", "ooo", "out of office", "pto", "day off",
		"Urlaub", "Elternzeit", "Krankenstand", "abwesend", "krank", // German
		"vacances", "congé", "congés", "en congé", // French
		"vacaciones", "de vacaciones", "festivo", // Spanish
		"ferie", "in ferie", // Italian, Danish and Norwegian
		"férias", "folga", // Portuguese
		"vakantie", "verlof", // Dutch
		"semester", "ledig", "semesterledig", // Swedish
		"loma", "lomalla", // Finnish
		"urlop",               // Polish
		"dovolená",            // Czech
		"dovolenka",           // Slovak
		"szabadság",           // Hungarian
		"отпуск", "відпустка", // Russian, Ukrainian
		"άδεια",    // Greek
		"izin",     // Turkish
		"休暇", "有給", // Japanese
		"休假", // Chinese
	}
}
