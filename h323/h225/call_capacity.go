package h225

import "parley/h323/per"

// CallCapacity tells how many calls can be, and now still can be, taken.
type CallCapacity struct {
	MaximumCallCapacity *CallCapacityInfo `per:"optional"`
	CurrentCallCapacity *CallCapacityInfo `per:"optional"`
	Extension           per.Extension
}

// CallCapacityInfo counts calls for each kind of endpoint.
type CallCapacityInfo struct {
	VoiceGwCallsAvailable            []CallsAvailable `per:"optional"`
	H310GwCallsAvailable             []CallsAvailable `per:"optional"`
	H320GwCallsAvailable             []CallsAvailable `per:"optional"`
	H321GwCallsAvailable             []CallsAvailable `per:"optional"`
	H322GwCallsAvailable             []CallsAvailable `per:"optional"`
	H323GwCallsAvailable             []CallsAvailable `per:"optional"`
	H324GwCallsAvailable             []CallsAvailable `per:"optional"`
	T120OnlyGwCallsAvailable         []CallsAvailable `per:"optional"`
	T38FaxAnnexbOnlyGwCallsAvailable []CallsAvailable `per:"optional"`
	TerminalCallsAvailable           []CallsAvailable `per:"optional"`
	MCUCallsAvailable                []CallsAvailable `per:"optional"`
	Extension                        per.Extension
	SIPGwCallsAvailable              []CallsAvailable
}

// CallsAvailable is a number of calls, for a group of circuits.
type CallsAvailable struct {
	Calls     uint32 `per:"range=0..4294967295"`
	Group     string `per:"optional,ia5,size=1..128"`
	Extension per.Extension
	Carrier   *CarrierInfo
}

// CapacityReportingCapability says whether the endpoint can report its capacity.
type CapacityReportingCapability struct {
	CanReportCallCapacity bool
	Extension             per.Extension
}

// CapacityReportingSpecification says when capacity shall be reported.
type CapacityReportingSpecification struct {
	When      CapacityReportingTimes
	Extension per.Extension
}

// CapacityReportingTimes are the moments of reports.
type CapacityReportingTimes struct {
	CallStart *per.Null `per:"optional"`
	CallEnd   *per.Null `per:"optional"`
	Extension per.Extension
}
