package h245

import "parley/h323/per"

// V76LogicalChannelParameters place a channel in the multiplex of V.70.
type V76LogicalChannelParameters struct {
	HDLCParameters V76HDLCParameters
	SuspendResume  V76SuspendResume
	UIH            bool `per:"name=uIH"`
	Mode           V76Mode
	V75Parameters  V75Parameters
	Extension      per.Extension
}

// V76SuspendResume tells how frames are interrupted.
type V76SuspendResume struct {
	per.Choice
	NoSuspendResume        *per.Null
	SuspendResumewAddress  *per.Null
	SuspendResumewoAddress *per.Null
	Extension              per.Extension
}

// V76Mode tells whether errors are recovered.
type V76Mode struct {
	per.Choice
	ERM       *V76ERM   `per:"name=eRM"`
	UNERM     *per.Null `per:"name=uNERM"`
	Extension per.Extension
}

// V76ERM is the error recovery mode.
type V76ERM struct {
	WindowSize uint8 `per:"range=1..127"`
	Recovery   V76Recovery
	Extension  per.Extension
}

// V76Recovery is how frames are asked for again.
type V76Recovery struct {
	per.Choice
	Rej       *per.Null
	SREJ      *per.Null `per:"name=sREJ"`
	MSREJ     *per.Null `per:"name=mSREJ"`
	Extension per.Extension
}

// V76HDLCParameters are those of the frames; N401 in octets.
type V76HDLCParameters struct {
	CRCLength             CRCLength
	N401                  uint16 `per:"range=1..4095"`
	LoopbackTestProcedure bool
	Extension             per.Extension
}

// CRCLength is the length of the check in bits.
type CRCLength struct {
	per.Choice
	CRC8bit   *per.Null
	CRC16bit  *per.Null
	CRC32bit  *per.Null
	Extension per.Extension
}

// V75Parameters are those of V.75.
type V75Parameters struct {
	AudioHeaderPresent bool
	Extension          per.Extension
}
