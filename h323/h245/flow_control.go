package h245

import "parley/h323/per"

// FlowControlCommand bounds the rate at which its receiver may transmit.
type FlowControlCommand struct {
	Scope       ChannelScope
	Restriction FlowControlRestriction
	Extension   per.Extension
}

// ChannelScope is one channel, one resource or all.
type ChannelScope struct {
	per.Choice
	LogicalChannelNumber *LogicalChannelNumber
	ResourceID           *uint16 `per:"range=0..65535"`
	WholeMultiplex       *per.Null
}

// FlowControlRestriction is in 100 bit/s; 0 stops the channel.
type FlowControlRestriction struct {
	per.Choice
	MaximumBitRate *uint32 `per:"range=0..16777215"`
	NoRestriction  *per.Null
}

// FlowControlIndication tells the rate at which its sender transmits.
type FlowControlIndication struct {
	Scope       ChannelScope
	Restriction FlowControlRestriction
	Extension   per.Extension
}
