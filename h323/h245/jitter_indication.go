package h245

import "parley/h323/per"

// JitterIndication tells the jitter that a video receiver sees.
type JitterIndication struct {
	Scope                           ChannelScope
	EstimatedReceivedJitterMantissa uint8   `per:"range=0..3"`
	EstimatedReceivedJitterExponent uint8   `per:"range=0..7"`
	SkippedFrameCount               *uint8  `per:"optional,range=0..15"`
	AdditionalDecoderBuffer         *uint32 `per:"optional,range=0..262143"`
	Extension                       per.Extension
}

// H223SkewIndication tells the delay, in milliseconds, that brings the second
// channel in step with the first.
type H223SkewIndication struct {
	LogicalChannelNumber1 LogicalChannelNumber
	LogicalChannelNumber2 LogicalChannelNumber
	Skew                  uint16 `per:"range=0..4095"`
	Extension             per.Extension
}

// H2250MaximumSkewIndication bounds the skew between two channels as they are
// transmitted, in milliseconds.
type H2250MaximumSkewIndication struct {
	LogicalChannelNumber1 LogicalChannelNumber
	LogicalChannelNumber2 LogicalChannelNumber
	MaximumSkew           uint16 `per:"range=0..4095"`
	Extension             per.Extension
}
