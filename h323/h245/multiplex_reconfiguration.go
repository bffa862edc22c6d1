package h245

import "parley/h323/per"

// H223MultiplexReconfiguration changes the level of H.223.
type H223MultiplexReconfiguration struct {
	per.Choice
	H223ModeChange       *H223ModeChange
	H223AnnexADoubleFlag *H223AnnexADoubleFlag
	Extension            per.Extension
}

// H223ModeChange is the level.
type H223ModeChange struct {
	per.Choice
	ToLevel0                   *per.Null
	ToLevel1                   *per.Null
	ToLevel2                   *per.Null
	ToLevel2withOptionalHeader *per.Null
	Extension                  per.Extension
}

// H223AnnexADoubleFlag is the double flag of H.223 Annex A.
type H223AnnexADoubleFlag struct {
	per.Choice
	Start     *per.Null
	Stop      *per.Null
	Extension per.Extension
}

// MobileMultilinkReconfigurationCommand is that of H.324 Annex H.
type MobileMultilinkReconfigurationCommand struct {
	SampleSize      uint8 `per:"range=1..255"`
	SamplesPerFrame uint8 `per:"range=1..255"`
	Status          MobileMultilinkReconfigurationCommandStatus
	Extension       per.Extension
}

// MobileMultilinkReconfigurationCommandStatus tells whether it has happened.
type MobileMultilinkReconfigurationCommandStatus struct {
	per.Choice
	Synchronized    *per.Null
	Reconfiguration *per.Null
	Extension       per.Extension
}

// MobileMultilinkReconfigurationIndication is that of H.324 Annex H.
type MobileMultilinkReconfigurationIndication struct {
	SampleSize      uint8 `per:"range=1..255"`
	SamplesPerFrame uint8 `per:"range=1..255"`
	Extension       per.Extension
}
