package media

// h264Macroblock is the octets of a decoded macroblock, 4:2:0 at 8 bit.
const h264Macroblock = 384

// h264Level is a row of H.264 table A-1; the rates for the VCL of Baseline.
type h264Level struct {
	idc                    uint8 // 9 is level 1b
	mbps, fs, dpb, br, cpb uint32
}

// h264Levels in rising order.
var h264Levels = [...]h264Level{
	{10, 1485, 99, 396, 64, 175},
	{9, 1485, 99, 396, 128, 350},
	{11, 3000, 396, 900, 192, 500},
	{12, 6000, 396, 2376, 384, 1000},
	{13, 11880, 396, 2376, 768, 2000},
	{20, 11880, 396, 2376, 2000, 2000},
	{21, 19800, 792, 4752, 4000, 4000},
	{22, 20250, 1620, 8100, 4000, 4000},
	{30, 40500, 1620, 8100, 10000, 10000},
	{31, 108000, 3600, 18000, 14000, 14000},
	{32, 216000, 5120, 20480, 20000, 20000},
	{40, 245760, 8192, 32768, 20000, 25000},
	{41, 245760, 8192, 32768, 50000, 62500},
	{42, 522240, 8704, 34816, 50000, 62500},
	{50, 589824, 22080, 110400, 135000, 135000},
	{51, 983040, 36864, 184320, 240000, 240000},
	{52, 2073600, 36864, 184320, 240000, 240000},
}

// h264LevelOf returns the highest level that is not above idc.
func h264LevelOf(idc uint8) h264Level {
	if idc == 9 {
		return h264Levels[1]
	}
	best := h264Levels[0]
	for _, l := range h264Levels {
		if l.idc != 9 && l.idc <= idc {
			best = l
		}
	}
	return best
}

// setLevel sets the limits to those of a level.
func (h *h264) setLevel(idc uint8) {
	l := h264LevelOf(idc)
	h.mbps, h.fs, h.dpb, h.br, h.cpb = l.mbps, l.fs, l.dpb, l.br, l.cpb
}

// level returns the highest level all of whose limits are within h's.
func (h h264) level() h264Level {
	best := h264Levels[0]
	for _, l := range h264Levels {
		if l.mbps <= h.mbps && l.fs <= h.fs && l.dpb <= h.dpb && l.br <= h.br && l.cpb <= h.cpb {
			best = l
		}
	}
	return best
}
