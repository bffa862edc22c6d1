package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// RASUsageInfoTypes are the kinds of usage information wanted.
type RASUsageInfoTypes struct {
	NonStandardUsageTypes []NonStandardParameter
	StartTime             *per.Null `per:"optional"`
	EndTime               *per.Null `per:"optional"`
	TerminationCause      *per.Null `per:"optional"`
	Extension             per.Extension
}

// RASUsageSpecification says when and which usage information shall be reported.
type RASUsageSpecification struct {
	When              RASUsageTimes
	CallStartingPoint *RASUsageStartingPoint `per:"optional"`
	Required          RASUsageInfoTypes
	Extension         per.Extension
}

// RASUsageTimes are the moments of reports.
type RASUsageTimes struct {
	Start     *per.Null `per:"optional"`
	End       *per.Null `per:"optional"`
	InIRR     *per.Null `per:"optional,name=inIrr"`
	Extension per.Extension
}

// RASUsageStartingPoint says from when usage is counted.
type RASUsageStartingPoint struct {
	Alerting  *per.Null `per:"optional"`
	Connect   *per.Null `per:"optional"`
	Extension per.Extension
}

// RASUsageInformation reports the usage of one call.
type RASUsageInformation struct {
	NonStandardUsageFields []NonStandardParameter
	AlertingTime           *h235.TimeStamp `per:"optional"`
	ConnectTime            *h235.TimeStamp `per:"optional"`
	EndTime                *h235.TimeStamp `per:"optional"`
	Extension              per.Extension
}

// CallTerminationCause is why a call ended.
type CallTerminationCause struct {
	per.Choice
	ReleaseCompleteReason  *ReleaseCompleteReason
	ReleaseCompleteCauseIE []byte `per:"size=2..32"`
	Extension              per.Extension
}
