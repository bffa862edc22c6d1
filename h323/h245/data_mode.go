package h245

import "parley/h323/per"

// DataMode is an application that is asked for; the rate in 100 bit/s.
type DataMode struct {
	Application DataModeApplication
	BitRate     uint32 `per:"range=0..4294967295"`
	Extension   per.Extension
}

// DataModeApplication is the application.
type DataModeApplication struct {
	per.Choice
	NonStandard          *NonStandardParameter
	T120                 *DataProtocolCapability
	DSMCC                *DataProtocolCapability `per:"name=dsm-cc"`
	UserData             *DataProtocolCapability
	T84                  *DataProtocolCapability
	T434                 *DataProtocolCapability
	H224                 *DataProtocolCapability
	NLPID                *NLPID
	DsvdControl          *per.Null
	H222DataPartitioning *DataProtocolCapability
	Extension            per.Extension
	T30fax               *DataProtocolCapability
	T140                 *DataProtocolCapability
	T38fax               *T38Fax
	GenericDataMode      *GenericCapability
}
