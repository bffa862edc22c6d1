package h245

import "parley/h323/per"

type MaintenanceLoopRequest struct {
	Type      MaintenanceLoopType
	Extension per.Extension
}

type MaintenanceLoopType struct {
	per.Choice
	SystemLoop         *per.Null
	MediaLoop          *LogicalChannelNumber
	LogicalChannelLoop *LogicalChannelNumber
	Extension          per.Extension
}

type MaintenanceLoopAck struct {
	Type      MaintenanceLoopType
	Extension per.Extension
}

type MaintenanceLoopReject struct {
	Type      MaintenanceLoopType
	Cause     MaintenanceLoopRejectCause
	Extension per.Extension
}

type MaintenanceLoopRejectCause struct {
	per.Choice
	CanNotPerformLoop *per.Null
	Extension         per.Extension
}

type MaintenanceLoopOffCommand struct {
	Extension per.Extension
}
