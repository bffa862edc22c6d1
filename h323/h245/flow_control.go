package h245

import "parley/h323/per"

type FlowControlCommand struct {
	Scope       ChannelScope
	Restriction FlowControlRestriction
	Extension   per.Extension
}

type ChannelScope struct {
	per.Choice
	LogicalChannelNumber *LogicalChannelNumber
	ResourceID           *uint16 `per:"range=0..65535"`
	WholeMultiplex       *per.Null
}

type FlowControlRestriction struct {
	per.Choice
	MaximumBitRate *uint32 `per:"range=0..16777215"`
	NoRestriction  *per.Null
}

type FlowControlIndication struct {
	Scope       ChannelScope
	Restriction FlowControlRestriction
	Extension   per.Extension
}
