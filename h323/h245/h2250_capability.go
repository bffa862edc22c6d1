package h245

import "parley/h323/per"

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

type MCCapability struct {
	CentralizedConferenceMC   bool
	DecentralizedConferenceMC bool
	Extension                 per.Extension
}

type MediaPacketizationCapability struct {
	H261aVideoPacketization bool
	Extension               per.Extension
	RTPPayloadType          []RTPPayloadType `per:"size=1..256"`
}

type MultipointCapability struct {
	MulticastCapability         bool
	MultiUniCastConference      bool
	MediaDistributionCapability []MediaDistributionCapability
	Extension                   per.Extension
}

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

type RedundancyEncodingCapability struct {
	RedundancyEncodingMethod RedundancyEncodingMethod
	PrimaryEncoding          CapabilityTableEntryNumber
	SecondaryEncoding        []CapabilityTableEntryNumber `per:"optional,size=1..256"`
	Extension                per.Extension
}

type RedundancyEncodingMethod struct {
	per.Choice
	NonStandard                    *NonStandardParameter
	RTPAudioRedundancyEncoding     *per.Null
	Extension                      per.Extension
	RTPH263VideoRedundancyEncoding *RTPH263VideoRedundancyEncoding `per:"name=rtpH263VideoRedundancyEncoding"`
}

type RTPH263VideoRedundancyEncoding struct {
	NumberOfThreads         uint8  `per:"range=1..16"`
	FramesBetweenSyncPoints uint16 `per:"range=1..256"`
	FrameToThreadMapping    FrameToThreadMapping
	ContainedThreads        []uint16 `per:"optional,size=1..256,elem(range=0..15)"`
	Extension               per.Extension
}

type FrameToThreadMapping struct {
	per.Choice
	Roundrobin *per.Null
	Custom     []RTPH263VideoRedundancyFrameMapping `per:"size=1..256"`
	Extension  per.Extension
}

type RTPH263VideoRedundancyFrameMapping struct {
	ThreadNumber  uint8    `per:"range=0..15"`
	FrameSequence []uint16 `per:"size=1..256,elem(range=0..255)"`
	Extension     per.Extension
}
