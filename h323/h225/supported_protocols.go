package h225

import "parley/h323/per"

// SupportedProtocols is a protocol that a gateway speaks on its other side.
type SupportedProtocols struct {
	per.Choice
	NonStandardData     *NonStandardParameter
	H310                *H310Caps
	H320                *H320Caps
	H321                *H321Caps
	H322                *H322Caps
	H323                *H323Caps
	H324                *H324Caps
	Voice               *VoiceCaps
	T120Only            *T120OnlyCaps `per:"name=t120-only"`
	Extension           per.Extension
	NonStandardProtocol *NonStandardProtocol
	T38FaxAnnexbOnly    *T38FaxAnnexbOnlyCaps
	SIP                 *SIPCaps
}

// H310Caps are the gateway's prefixes and rates toward H.310.
type H310Caps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// H320Caps are the gateway's prefixes and rates toward H.320.
type H320Caps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// H321Caps are the gateway's prefixes and rates toward H.321.
type H321Caps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// H322Caps are the gateway's prefixes and rates toward H.322.
type H322Caps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// H323Caps are the gateway's prefixes and rates toward H.323.
type H323Caps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// H324Caps are the gateway's prefixes and rates toward H.324.
type H324Caps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// VoiceCaps are the gateway's prefixes and rates toward telephones.
type VoiceCaps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// T120OnlyCaps are the gateway's prefixes and rates toward T.120 alone.
type T120OnlyCaps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	Extension          per.Extension
	DataRatesSupported []DataRate
	SupportedPrefixes  []SupportedPrefix
}

// NonStandardProtocol is a maker's own protocol.
type NonStandardProtocol struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	DataRatesSupported []DataRate            `per:"optional"`
	SupportedPrefixes  []SupportedPrefix
	Extension          per.Extension
}

// T38FaxAnnexbOnlyCaps are the gateway's prefixes, rates and profile for facsimile
// by T.38 Annex B.
type T38FaxAnnexbOnlyCaps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	DataRatesSupported []DataRate            `per:"optional"`
	SupportedPrefixes  []SupportedPrefix
	T38FaxProtocol     DataProtocolCapability
	T38FaxProfile      T38FaxProfile
	Extension          per.Extension
}

// SIPCaps are the gateway's prefixes and rates toward SIP.
type SIPCaps struct {
	NonStandardData    *NonStandardParameter `per:"optional"`
	DataRatesSupported []DataRate            `per:"optional"`
	SupportedPrefixes  []SupportedPrefix     `per:"optional"`
	Extension          per.Extension
}

// DataRate is a channel's rate, and how many of them.
type DataRate struct {
	NonStandardData   *NonStandardParameter `per:"optional"`
	ChannelRate       BandWidth
	ChannelMultiplier *uint16 `per:"optional,range=1..256"`
	Extension         per.Extension
}

// SupportedPrefix is a prefix that users dial to reach a gateway.
type SupportedPrefix struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	Prefix          AliasAddress
	Extension       per.Extension
}
