package calendar

import "testing"

func TestTextOfOthersBecomesOneHarmlessLine(t *testing.T) {
	for _, row := range []struct{ sentence, given, want string }{
		{"ordinary text stays", "Vendor B? – 48k €", "Vendor B? – 48k €"},
		{"an escape sequence loses its escape", "a\x1b[2Jb", "a [2Jb"},
		{"a C1 control goes too", "a\u009b2Jb", "a 2Jb"},
		{"a zero byte ends nothing", "a\x00b", "a b"},
		{"line breaks cannot forge a line", "a\r\nok  all is well", "a  ok  all is well"},
		{"a line separator is a line break", "a\u2028b", "a b"},
		{"the direction of writing cannot be turned", "a\u202eb\u2066c", "abc"},
		{"characters that nobody sees go", "a\u200b\ufeff\u00ad\U000e0041b", "ab"},
		{"joiners of Persian words stay", "می\u200cخواهم", "می\u200cخواهم"},
	} {
		if got := Plain(row.given); got != row.want {
			t.Errorf("%s: %q became %q, want %q", row.sentence, row.given, got, row.want)
		}
	}
}
