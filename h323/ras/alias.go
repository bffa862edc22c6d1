package ras

import (
	"strings"

	"parley/h323/h225"
)

// AliasText returns an alias as people write it: digits, a name, a URL, a number
// of any plan; "" for one that has no text.
func AliasText(a h225.AliasAddress) string {
	switch {
	case a.DialledDigits != "":
		return a.DialledDigits
	case a.H323ID != "":
		return strings.TrimRight(a.H323ID, "\x00") // as some stacks end it
	case a.URLID != "":
		return a.URLID
	case a.EmailID != "":
		return a.EmailID
	case a.PartyNumber != nil:
		return partyDigits(a.PartyNumber)
	case a.TransportID != nil:
		if at, ok := a.TransportID.AddrPort(); ok {
			return at.String()
		}
	}
	return ""
}

func partyDigits(n *h225.PartyNumber) string {
	switch {
	case n.E164Number != nil:
		return string(n.E164Number.PublicNumberDigits)
	case n.PrivateNumber != nil:
		return string(n.PrivateNumber.PrivateNumberDigits)
	case n.DataPartyNumber != "":
		return string(n.DataPartyNumber)
	case n.TelexPartyNumber != "":
		return string(n.TelexPartyNumber)
	}
	return string(n.NationalStandardPartyNumber)
}

// AliasOf returns the alias for a text: dialledDigits for digits, else url-ID for
// an h323 URL, else h323-ID.
func AliasOf(text string) h225.AliasAddress {
	switch {
	case text != "" && strings.Trim(text, "0123456789#*,") == "":
		return h225.AliasAddress{DialledDigits: text}
	case strings.HasPrefix(strings.ToLower(text), "h323:"):
		return h225.AliasAddress{URLID: text}
	}
	return h225.AliasAddress{H323ID: text}
}
