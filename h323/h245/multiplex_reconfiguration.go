package h245

import "parley/h323/per"

type H223MultiplexReconfiguration struct {
	per.Choice
	H223ModeChange       *H223ModeChange
	H223AnnexADoubleFlag *H223AnnexADoubleFlag
	Extension            per.Extension
}

type H223ModeChange struct {
	per.Choice
	ToLevel0                   *per.Null
	ToLevel1                   *per.Null
	ToLevel2                   *per.Null
	ToLevel2withOptionalHeader *per.Null
	Extension                  per.Extension
}

type H223AnnexADoubleFlag struct {
	per.Choice
	Start     *per.Null
	Stop      *per.Null
	Extension per.Extension
}

type MobileMultilinkReconfigurationCommand struct {
	SampleSize      uint8 `per:"range=1..255"`
	SamplesPerFrame uint8 `per:"range=1..255"`
	Status          MobileMultilinkReconfigurationCommandStatus
	Extension       per.Extension
}

type MobileMultilinkReconfigurationCommandStatus struct {
	per.Choice
	Synchronized    *per.Null
	Reconfiguration *per.Null
	Extension       per.Extension
}

type MobileMultilinkReconfigurationIndication struct {
	SampleSize      uint8 `per:"range=1..255"`
	SamplesPerFrame uint8 `per:"range=1..255"`
	Extension       per.Extension
}
