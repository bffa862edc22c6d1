package h245

import "parley/h323/per"

// MiscellaneousIndication tells something about one logical channel.
type MiscellaneousIndication struct {
	LogicalChannelNumber LogicalChannelNumber
	Type                 MiscellaneousIndicationType
	Extension            per.Extension
}

// MiscellaneousIndicationType is the indication.
type MiscellaneousIndicationType struct {
	per.Choice
	LogicalChannelActive            *per.Null
	LogicalChannelInactive          *per.Null
	MultipointConference            *per.Null
	CancelMultipointConference      *per.Null
	MultipointZeroComm              *per.Null
	CancelMultipointZeroComm        *per.Null
	MultipointSecondaryStatus       *per.Null
	CancelMultipointSecondaryStatus *per.Null
	VideoIndicateReadyToActivate    *per.Null
	VideoTemporalSpatialTradeOff    *uint8 `per:"range=0..31"`
	Extension                       per.Extension
	VideoNotDecodedMBs              *VideoNotDecodedMBs
	TransportCapability             *TransportCapability
}

// VideoNotDecodedMBs tells which macroblocks were not decoded.
type VideoNotDecodedMBs struct {
	FirstMB           uint16 `per:"range=1..8192"`
	NumberOfMBs       uint16 `per:"range=1..8192"`
	TemporalReference uint8  `per:"range=0..255"`
	Extension         per.Extension
}
