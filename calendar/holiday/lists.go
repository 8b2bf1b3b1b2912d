package holiday

import (
	"slices"
	"strings"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/ecb"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// countries are those that the library knows. ECB is not a country: it is the days on which payments in euro rest.
var countries = []struct{ code, name string }{
	{"AR", "Argentina"},
	{"AT", "Austria"},
	{"AU", "Australia"},
	{"BE", "Belgium"},
	{"BG", "Bulgaria"},
	{"BR", "Brazil"},
	{"CA", "Canada"},
	{"CH", "Switzerland"},
	{"CZ", "Czechia"},
	{"DE", "Germany"},
	{"DK", "Denmark"},
	{"ES", "Spain"},
	{"FR", "France"},
	{"GB", "United Kingdom"},
	{"GR", "Greece"},
	{"HR", "Croatia"},
	{"IE", "Ireland"},
	{"IT", "Italy"},
	{"JP", "Japan"},
	{"LT", "Lithuania"},
	{"LV", "Latvia"},
	{"MW", "Malawi"},
	{"NC", "New Caledonia"},
	{"NL", "Netherlands"},
	{"NO", "Norway"},
	{"NZ", "New Zealand"},
	{"PL", "Poland"},
	{"RO", "Romania"},
	{"RU", "Russia"},
	{"SE", "Sweden"},
	{"SI", "Slovenia"},
	{"SK", "Slovakia"},
	{"UA", "Ukraine"},
	{"US", "United States"},
	{"ZA", "South Africa"},
	{"ECB", "European Central Bank"},
}

// national returns a country's own holidays.
func national(code string) ([]*cal.Holiday, bool) {
	switch code {
	case "AR":
		return ar.Holidays, true
	case "AT":
		return at.Holidays, true
	case "AU":
		return shared(au.HolidaysACT, au.HolidaysNSW, au.HolidaysNT, au.HolidaysQLD, au.HolidaysSA, au.HolidaysTAS, au.HolidaysVIC, au.HolidaysWA), true
	case "BE":
		return be.Holidays, true
	case "BG":
		return bg.Holidays, true
	case "BR":
		return br.Holidays, true
	case "CA":
		return ca.Holidays, true
	case "CH":
		return ch.Holidays, true
	case "CZ":
		return cz.Holidays, true
	case "DE":
		return de.Holidays, true
	case "DK":
		return dk.Holidays, true
	case "ES":
		return es.Holidays, true
	case "FR":
		return fr.Holidays, true
	case "GB":
		return gb.Holidays, true
	case "GR":
		return gr.Holidays, true
	case "HR":
		return hr.Holidays, true
	case "IE":
		return ie.Holidays, true
	case "IT":
		return it.Holidays, true
	case "JP":
		return jp.Holidays, true
	case "LT":
		return lt.Holidays, true
	case "LV":
		return lv.Holidays, true
	case "MW":
		return mw.Holidays, true
	case "NC":
		return nc.Holidays, true
	case "NL":
		return nl.Holidays, true
	case "NO":
		return no.Holidays, true
	case "NZ":
		return nz.Holidays, true
	case "PL":
		return pl.Holidays, true
	case "RO":
		return ro.Holidays, true
	case "RU":
		return ru.Holidays, true
	case "SE":
		return se.Holidays, true
	case "SI":
		return si.Holidays, true
	case "SK":
		return sk.Holidays, true
	case "UA":
		return ua.Holidays, true
	case "US":
		return us.Holidays, true
	case "ZA":
		return za.Holidays, true
	case "ECB":
		return ecb.Holidays, true
	}
	return nil, false
}

// shared returns the holidays that stand in every one of the lists: the library has none for Australia as a whole.
func shared(first []*cal.Holiday, others ...[]*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(first), func(h *cal.Holiday) bool {
		return slices.ContainsFunc(others, func(list []*cal.Holiday) bool { return !slices.Contains(list, h) })
	})
}

// regional has all holidays of a region, the country's among them, for each region that the library has a list of.
var regional = map[string][]*cal.Holiday{
	"DE-BW":  de.HolidaysBW,
	"DE-BY":  de.HolidaysBY,
	"DE-BE":  de.HolidaysBE,
	"DE-BB":  de.HolidaysBB,
	"DE-HB":  de.HolidaysHB,
	"DE-HH":  de.HolidaysHH,
	"DE-HE":  de.HolidaysHE,
	"DE-MV":  de.HolidaysMV,
	"DE-NI":  de.HolidaysNI,
	"DE-NW":  de.HolidaysNW,
	"DE-RP":  de.HolidaysRP,
	"DE-SL":  de.HolidaysSL,
	"DE-SN":  de.HolidaysSN,
	"DE-ST":  de.HolidaysST,
	"DE-SH":  de.HolidaysSH,
	"DE-TH":  de.HolidaysTH,
	"CH-ZH":  ch.HolidaysZH,
	"CH-BE":  ch.HolidaysBE,
	"CH-LU":  ch.HolidaysLU,
	"CH-UR":  ch.HolidaysUR,
	"CH-SZ":  ch.HolidaysSZ,
	"CH-OW":  ch.HolidaysOW,
	"CH-NW":  ch.HolidaysNW,
	"CH-GL":  ch.HolidaysGL,
	"CH-ZG":  ch.HolidaysZG,
	"CH-FR":  ch.HolidaysFR,
	"CH-SO":  ch.HolidaysSO,
	"CH-BS":  ch.HolidaysBS,
	"CH-BL":  ch.HolidaysBL,
	"CH-SH":  ch.HolidaysSH,
	"CH-AR":  ch.HolidaysAR,
	"CH-AI":  ch.HolidaysAI,
	"CH-SG":  ch.HolidaysSG,
	"CH-GR":  ch.HolidaysGR,
	"CH-AG":  ch.HolidaysAG,
	"CH-TG":  ch.HolidaysTG,
	"CH-VD":  ch.HolidaysVD,
	"CH-TI":  ch.HolidaysTI,
	"CH-VS":  ch.HolidaysVS,
	"CH-NE":  ch.HolidaysNE,
	"CH-GE":  ch.HolidaysGE,
	"CH-JU":  ch.HolidaysJU,
	"AU-ACT": au.HolidaysACT,
	"AU-NSW": au.HolidaysNSW,
	"AU-NT":  au.HolidaysNT,
	"AU-QLD": au.HolidaysQLD,
	"AU-SA":  au.HolidaysSA,
	"AU-TAS": au.HolidaysTAS,
	"AU-VIC": au.HolidaysVIC,
	"AU-WA":  au.HolidaysWA,
}

// regionsOf lists the regions of a country; of those countries that it has any of, the library knows every region.
func regionsOf(country string) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for code := range regional {
			if strings.HasPrefix(code, country+"-") && !yield(code) {
				return
			}
		}
	})
}
