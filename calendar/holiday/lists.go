package holiday

import (
	"slices"

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

// regional returns all holidays of a region, the country's among them; nil where the library has no list.
func regional(code string) []*cal.Holiday {
	switch code {
	case "DE-BW":
		return de.HolidaysBW
	case "DE-BY":
		return de.HolidaysBY
	case "DE-BE":
		return de.HolidaysBE
	case "DE-BB":
		return de.HolidaysBB
	case "DE-HB":
		return de.HolidaysHB
	case "DE-HH":
		return de.HolidaysHH
	case "DE-HE":
		return de.HolidaysHE
	case "DE-MV":
		return de.HolidaysMV
	case "DE-NI":
		return de.HolidaysNI
	case "DE-NW":
		return de.HolidaysNW
	case "DE-RP":
		return de.HolidaysRP
	case "DE-SL":
		return de.HolidaysSL
	case "DE-SN":
		return de.HolidaysSN
	case "DE-ST":
		return de.HolidaysST
	case "DE-SH":
		return de.HolidaysSH
	case "DE-TH":
		return de.HolidaysTH
	case "CH-ZH":
		return ch.HolidaysZH
	case "CH-BE":
		return ch.HolidaysBE
	case "CH-LU":
		return ch.HolidaysLU
	case "CH-UR":
		return ch.HolidaysUR
	case "CH-SZ":
		return ch.HolidaysSZ
	case "CH-OW":
		return ch.HolidaysOW
	case "CH-NW":
		return ch.HolidaysNW
	case "CH-GL":
		return ch.HolidaysGL
	case "CH-ZG":
		return ch.HolidaysZG
	case "CH-FR":
		return ch.HolidaysFR
	case "CH-SO":
		return ch.HolidaysSO
	case "CH-BS":
		return ch.HolidaysBS
	case "CH-BL":
		return ch.HolidaysBL
	case "CH-SH":
		return ch.HolidaysSH
	case "CH-AR":
		return ch.HolidaysAR
	case "CH-AI":
		return ch.HolidaysAI
	case "CH-SG":
		return ch.HolidaysSG
	case "CH-GR":
		return ch.HolidaysGR
	case "CH-AG":
		return ch.HolidaysAG
	case "CH-TG":
		return ch.HolidaysTG
	case "CH-VD":
		return ch.HolidaysVD
	case "CH-TI":
		return ch.HolidaysTI
	case "CH-VS":
		return ch.HolidaysVS
	case "CH-NE":
		return ch.HolidaysNE
	case "CH-GE":
		return ch.HolidaysGE
	case "CH-JU":
		return ch.HolidaysJU
	case "AU-ACT":
		return au.HolidaysACT
	case "AU-NSW":
		return au.HolidaysNSW
	case "AU-NT":
		return au.HolidaysNT
	case "AU-QLD":
		return au.HolidaysQLD
	case "AU-SA":
		return au.HolidaysSA
	case "AU-TAS":
		return au.HolidaysTAS
	case "AU-VIC":
		return au.HolidaysVIC
	case "AU-WA":
		return au.HolidaysWA
	}
	return nil
}

// regionsOf lists the regions of the countries of which the library knows every region.
func regionsOf(country string) []string {
	switch country {
	case "DE":
		return []string{"DE-BB", "DE-BE", "DE-BW", "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV", "DE-NI", "DE-NW", "DE-RP", "DE-SH", "DE-SL", "DE-SN", "DE-ST", "DE-TH"}
	case "CH":
		return []string{"CH-AG", "CH-AI", "CH-AR", "CH-BE", "CH-BL", "CH-BS", "CH-FR", "CH-GE", "CH-GL", "CH-GR", "CH-JU", "CH-LU", "CH-NE", "CH-NW", "CH-OW", "CH-SG", "CH-SH", "CH-SO", "CH-SZ", "CH-TG", "CH-TI", "CH-UR", "CH-VD", "CH-VS", "CH-ZG", "CH-ZH"}
	case "AU":
		return []string{"AU-ACT", "AU-NSW", "AU-NT", "AU-QLD", "AU-SA", "AU-TAS", "AU-VIC", "AU-WA"}
	}
	return nil
}
