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

type country struct {
	code, name string
	days       []*cal.Holiday // those of the whole country
}

// countries are those that the library knows. ECB is not a country: it is the days on which payments in euro rest.
var countries = []country{
	{"AR", "Argentina", ar.Holidays},
	{"AT", "Austria", at.Holidays},
	{"AU", "Australia", shared(au.HolidaysACT, au.HolidaysNSW, au.HolidaysNT, au.HolidaysQLD, au.HolidaysSA, au.HolidaysTAS, au.HolidaysVIC, au.HolidaysWA)},
	{"BE", "Belgium", be.Holidays},
	{"BG", "Bulgaria", bg.Holidays},
	{"BR", "Brazil", br.Holidays},
	{"CA", "Canada", ca.Holidays},
	{"CH", "Switzerland", ch.Holidays},
	{"CZ", "Czechia", cz.Holidays},
	{"DE", "Germany", de.Holidays},
	{"DK", "Denmark", dk.Holidays},
	{"ES", "Spain", es.Holidays},
	{"FR", "France", fr.Holidays},
	{"GB", "United Kingdom", gb.Holidays},
	{"GR", "Greece", gr.Holidays},
	{"HR", "Croatia", hr.Holidays},
	{"IE", "Ireland", ie.Holidays},
	{"IT", "Italy", it.Holidays},
	{"JP", "Japan", jp.Holidays},
	{"LT", "Lithuania", lt.Holidays},
	{"LV", "Latvia", lv.Holidays},
	{"MW", "Malawi", mw.Holidays},
	{"NC", "New Caledonia", nc.Holidays},
	{"NL", "Netherlands", nl.Holidays},
	{"NO", "Norway", no.Holidays},
	{"NZ", "New Zealand", nz.Holidays},
	{"PL", "Poland", pl.Holidays},
	{"RO", "Romania", ro.Holidays},
	{"RU", "Russia", ru.Holidays},
	{"SE", "Sweden", se.Holidays},
	{"SI", "Slovenia", si.Holidays},
	{"SK", "Slovakia", sk.Holidays},
	{"UA", "Ukraine", ua.Holidays},
	{"US", "United States", us.Holidays},
	{"ZA", "South Africa", za.Holidays},
	{"ECB", "European Central Bank", ecb.Holidays},
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
