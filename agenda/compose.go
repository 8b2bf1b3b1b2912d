package agenda

import "strings"

// accents pairs each combining mark with letters and what they become under it: the Latin alphabets of Europe. Servers
// and phones change between the two forms (Unicode normalisation, UAX #15). A script that is missing here costs a
// report that the block was edited, never a wrong write.
var accents = []struct{ mark, plain, composed string }{
	{"\u0300", "AEIOUaeiouNnWwYy", "ÀÈÌÒÙàèìòùǸǹẀẁỲỳ"},
	{"\u0301", "AEIOUYaeiouyCcLlNnRrSsZz", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź"},
	{"\u0302", "AEIOUaeiouCcGgHhJjSsWwYy", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ"},
	{"\u0303", "ANOanoIiUu", "ÃÑÕãñõĨĩŨũ"},
	{"\u0304", "AaEeIiOoUu", "ĀāĒēĪīŌōŪū"},
	{"\u0306", "AaEeGgIiOoUu", "ĂăĔĕĞğĬĭŎŏŬŭ"},
	{"\u0307", "CcEeGgIZz", "ĊċĖėĠġİŻż"},
	{"\u0308", "AEIOUaeiouyY", "ÄËÏÖÜäëïöüÿŸ"},
	{"\u030a", "AaUu", "ÅåŮů"},
	{"\u030b", "OoUu", "ŐőŰű"},
	{"\u030c", "CcDdEeLlNnRrSsTtZz", "ČčĎďĚěĽľŇňŘřŠšŤťŽž"},
	{"\u0326", "SsTt", "ȘșȚț"},
	{"\u0327", "CcGgKkLlNnRrSsTt", "ÇçĢģĶķĻļŅņŖŗŞşŢţ"},
	{"\u0328", "AaEeIiUu", "ĄąĘęĮįŲų"},
}

// compose joins letters with the mark that follows them.
func compose(s string) string {
	for _, a := range accents {
		if !strings.Contains(s, a.mark) {
			continue
		}
		composed := []rune(a.composed)
		for i, plain := range a.plain { // one byte each, so i also counts runes
			s = strings.ReplaceAll(s, string(plain)+a.mark, string(composed[i]))
		}
	}
	return s
}
