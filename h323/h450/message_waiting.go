package h450

import (
	"strconv"

	"parley/h323/per"
)

// MWIActivateArg tells that messages wait for the served user (H.450.7).
type MWIActivateArg struct {
	ServedUserNr  EndpointAddress
	BasicService  BasicService
	MsgCentreID   *MsgCentreID     `per:"optional,name=msgCentreId"`
	NbOfMessages  *uint16          `per:"optional,range=0..65535"`
	OriginatingNr *EndpointAddress `per:"optional"`
	Timestamp     TimeStamp        `per:"optional"`
	Priority      *uint8           `per:"optional,range=0..9"` // 0 is the highest
	ExtensionArg  MixedExtensions  `per:"optional"`
	Extension     per.Extension
}

// MWIDeactivateArg tells that none waits any more.
type MWIDeactivateArg struct {
	ServedUserNr EndpointAddress
	BasicService BasicService
	MsgCentreID  *MsgCentreID    `per:"optional,name=msgCentreId"`
	CallbackReq  *bool           `per:"optional"`
	ExtensionArg MixedExtensions `per:"optional"`
	Extension    per.Extension
}

// MWIInterrogateArg asks a message centre whether any waits.
type MWIInterrogateArg MWIDeactivateArg

// MWIInterrogateRes answers it: an element for each service with messages.
type MWIInterrogateRes []MWIInterrogateResElt

func (MWIInterrogateRes) PERTag() string { return "size=1..64" }

// MWIInterrogateResElt is what waits of one service.
type MWIInterrogateResElt struct {
	BasicService  BasicService
	MsgCentreID   *MsgCentreID     `per:"optional,name=msgCentreId"`
	NbOfMessages  *uint16          `per:"optional,range=0..65535"`
	OriginatingNr *EndpointAddress `per:"optional"`
	Timestamp     TimeStamp        `per:"optional"`
	Priority      *uint8           `per:"optional,range=0..9"`
	ExtensionArg  MixedExtensions  `per:"optional"`
	Extension     per.Extension
}

// MsgCentreID names a message centre; only a party number can be called.
type MsgCentreID struct {
	per.Choice
	Integer       *uint16 `per:"range=0..65535"`
	PartyNumber   *EndpointAddress
	NumericString string `per:"numeric,size=1..10"`
}

// TimeStamp is a GeneralizedTime, such as 19970621194530-0500.
type TimeStamp string

func (TimeStamp) PERTag() string { return "visible,size=12..19" }

// BasicService is what kind of messages. Its values are the positions in the
// enumeration, which has gaps: Email is 51 there.
type BasicService uint8

// The services.
const (
	AllServices BasicService = iota
	Speech
	UnrestrictedDigitalInformation
	Audio3100Hz
	Telephony
	Teletex
	TelefaxGroup4Class1
	VideotexSyntaxBased
	Videotelephony
	TelefaxGroup2And3
	Email               BasicService = 15
	Video               BasicService = 16
	FileTransfer        BasicService = 17
	ShortMessageService BasicService = 18
	SpeechAndVideo      BasicService = 19
	MultimediaUnknown   BasicService = 30
	ServiceUnknown      BasicService = 31
)

func (BasicService) PERTag() string { return "enum=40" }

// String returns the name in the standard.
func (s BasicService) String() string {
	names := [...]string{
		"allServices", "speech", "unrestrictedDigitalInformation", "audio3100Hz", "telephony",
		"teletex", "telefaxGroup4Class1", "videotexSyntaxBased", "videotelephony",
		"telefaxGroup2-3", "reservedNotUsed1", "reservedNotUsed2", "reservedNotUsed3",
		"reservedNotUsed4", "reservedNotUsed5", "email", "video", "fileTransfer",
		"shortMessageService", "speechAndVideo", "speechAndFax", "speechAndEmail",
		"videoAndFax", "videoAndEmail", "faxAndEmail", "speechVideoAndFax",
		"speechVideoAndEmail", "speechFaxAndEmail", "videoFaxAndEmail",
		"speechVideoFaxAndEmail", "multimediaUnknown", "serviceUnknown",
	}
	if int(s) < len(names) {
		return names[s]
	}
	return "futureReserve" + strconv.Itoa(int(s)-len(names)+1)
}
