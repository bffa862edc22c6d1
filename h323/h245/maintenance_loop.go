package h245

import "parley/h323/per"

// MaintenanceLoopRequest asks the peer to send back what it receives (clause
// C.11).
type MaintenanceLoopRequest struct {
	Type      MaintenanceLoopType
	Extension per.Extension
}

// MaintenanceLoopType is where the loop is.
type MaintenanceLoopType struct {
	per.Choice
	SystemLoop         *per.Null
	MediaLoop          *LogicalChannelNumber
	LogicalChannelLoop *LogicalChannelNumber
	Extension          per.Extension
}

// MaintenanceLoopAck tells that the loop is closed.
type MaintenanceLoopAck struct {
	Type      MaintenanceLoopType
	Extension per.Extension
}

// MaintenanceLoopReject tells that it is not.
type MaintenanceLoopReject struct {
	Type      MaintenanceLoopType
	Cause     MaintenanceLoopRejectCause
	Extension per.Extension
}

// MaintenanceLoopRejectCause is why there is no loop.
type MaintenanceLoopRejectCause struct {
	per.Choice
	CanNotPerformLoop *per.Null
	Extension         per.Extension
}

// MaintenanceLoopOffCommand opens all loops.
type MaintenanceLoopOffCommand struct {
	Extension per.Extension
}
