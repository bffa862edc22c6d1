package h245

import "parley/h323/per"

// H2250Capability is what an H.323 endpoint can do besides its codecs: jitter
// in milliseconds, kinds of conference, payload formats.
type H2250Capability struct {
	MaximumAudioDelayJitter                uint16 `per:"range=0..1023"`
	ReceiveMultipointCapability            MultipointCapability
	TransmitMultipointCapability           MultipointCapability
	ReceiveAndTransmitMultipointCapability MultipointCapability
	MCCapability                           MCCapability
	RTCPVideoControlCapability             bool
	MediaPacketizationCapability           MediaPacketizationCapability
	Extension                              per.Extension
	TransportCapability                    *TransportCapability
	RedundancyEncodingCapability           []RedundancyEncodingCapability `per:"size=1..256"`
	LogicalChannelSwitchingCapability      *bool
	T120DynamicPortCapability              *bool
}

// MCCapability tells whether the terminal has a multipoint controller.
type MCCapability struct {
	CentralizedConferenceMC   bool
	DecentralizedConferenceMC bool
	Extension                 per.Extension
}

// MediaPacketizationCapability lists the payload formats beyond those of static
// payload types.
type MediaPacketizationCapability struct {
	H261aVideoPacketization bool
	Extension               per.Extension
	RTPPayloadType          []RTPPayloadType `per:"size=1..256"`
}

// MultipointCapability tells which kinds of conference a terminal can be in.
type MultipointCapability struct {
	MulticastCapability         bool
	MultiUniCastConference      bool
	MediaDistributionCapability []MediaDistributionCapability
	Extension                   per.Extension
}

// MediaDistributionCapability tells per medium who mixes: an MCU (centralized)
// or each terminal (distributed).
type MediaDistributionCapability struct {
	CentralizedControl bool
	DistributedControl bool
	CentralizedAudio   bool
	DistributedAudio   bool
	CentralizedVideo   bool
	DistributedVideo   bool
	CentralizedData    []DataApplicationCapability `per:"optional"`
	DistributedData    []DataApplicationCapability `per:"optional"`
	Extension          per.Extension
}

// RedundancyEncodingCapability is a primary encoding with those that may
// protect it.
type RedundancyEncodingCapability struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	PrimaryEncoding          CapabilityTableEntryNumber
	SecondaryEncoding        []CapabilityTableEntryNumber `per:"optional,size=1..256"`
	Extension                per.Extension
}

// RedundancyEncodingMethod is how copies travel; audio's is RFC 2198.
type RedundancyEncodingMethod struct {
	per.Choice
	NonStandard                    *NonStandardParameter
	RTPAudioRedundancyEncoding     *per.Null
	Extension                      per.Extension
	RTPH263VideoRedundancyEncoding *RTPH263VideoRedundancyEncoding `per:"name=rtpH263VideoRedundancyEncoding"`
}

// RTPH263VideoRedundancyEncoding spreads H.263 pictures over threads.
type RTPH263VideoRedundancyEncoding struct {
	NumberOfThreads         uint8  `per:"range=1..16"`
	FramesBetweenSyncPoints uint16 `per:"range=1..256"`
	FrameToThreadMapping    FrameToThreadMapping
	ContainedThreads        []uint16 `per:"optional,size=1..256,elem(range=0..15)"`
	Extension               per.Extension
}

// FrameToThreadMapping tells which picture goes to which thread.
type FrameToThreadMapping struct {
	per.Choice
	Roundrobin *per.Null
	Custom     []RTPH263VideoRedundancyFrameMapping `per:"size=1..256"`
	Extension  per.Extension
}

// RTPH263VideoRedundancyFrameMapping lists the pictures of a thread. Numbers
// are wider than their range, since Go's []uint8 would be octets.
type RTPH263VideoRedundancyFrameMapping struct {
	ThreadNumber  uint8    `per:"range=0..15"`
	FrameSequence []uint16 `per:"size=1..256,elem(range=0..255)"`
	Extension     per.Extension
}
