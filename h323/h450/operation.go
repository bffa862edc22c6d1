package h450

import "strconv"

// Operation is an operation of the H.450 series, by its local code.
type Operation int64

// The operations.
const (
	CallTransferIdentify Operation = 7 // H.450.2
	CallTransferAbandon  Operation = 8
	CallTransferInitiate Operation = 9
	CallTransferSetup    Operation = 10
	CallTransferActive   Operation = 11
	CallTransferComplete Operation = 12
	CallTransferUpdate   Operation = 13
	SubaddressTransfer   Operation = 14
	MWIActivate          Operation = 80 // H.450.7
	MWIDeactivate        Operation = 81
	MWIInterrogate       Operation = 82
	HoldNotific          Operation = 101 // H.450.4
	RetrieveNotific      Operation = 102
	RemoteHold           Operation = 103
	RemoteRetrieve       Operation = 104
)

// String returns the name in the standard.
func (o Operation) String() string {
	switch o {
	case CallTransferIdentify:
		return "callTransferIdentify"
	case CallTransferAbandon:
		return "callTransferAbandon"
	case CallTransferInitiate:
		return "callTransferInitiate"
	case CallTransferSetup:
		return "callTransferSetup"
	case CallTransferActive:
		return "callTransferActive"
	case CallTransferComplete:
		return "callTransferComplete"
	case CallTransferUpdate:
		return "callTransferUpdate"
	case SubaddressTransfer:
		return "subaddressTransfer"
	case MWIActivate:
		return "mwiActivate"
	case MWIDeactivate:
		return "mwiDeactivate"
	case MWIInterrogate:
		return "mwiInterrogate"
	case HoldNotific:
		return "holdNotific"
	case RetrieveNotific:
		return "retrieveNotific"
	case RemoteHold:
		return "remoteHold"
	case RemoteRetrieve:
		return "remoteRetrieve"
	}
	return "operation " + strconv.FormatInt(int64(o), 10)
}
