package ras

import "time"

const (
	// MaxDatagram is the longest RAS message read. Longer than a path's MTU is
	// legal (IP fragments), but nothing honest comes near it.
	MaxDatagram = 8192
	// maxTransactions bounds requests waiting for an answer: a gatekeeper that
	// falls silent must not let them pile up.
	maxTransactions = 4096
	// maxExtension bounds how long RequestInProgress may hold a request open, in
	// all: a gatekeeper that always says "wait" is one that does not answer.
	maxExtension = 2 * time.Minute
	// answerLife is how long an answer is kept for duplicates of its request:
	// longer than the slowest requester repeats itself (5 s, twice).
	answerLife = 16 * time.Second
	// maxAnswers and maxAnswerOctets bound the answers kept: a flood of requests
	// with ever new numbers pushes out old answers, and takes no more memory.
	maxAnswers      = 8192
	maxAnswerOctets = 4 << 20
	// maxSources bounds the sources whose rate is known: forged ones share what
	// is left over beyond.
	maxSources = 32768
	// maxGatekeepers bounds a list of alternates: a forged or broken list must
	// not keep the endpoint trying for hours.
	maxGatekeepers = 16
	// firstPause and longestPause are between attempts to register: after a
	// gatekeeper's restart its endpoints must not all come at once, and a lasting
	// fault must not make traffic.
	firstPause   = 2 * time.Second
	longestPause = 2 * time.Minute
	// maxNamed bounds the aliases of a rejection that the log repeats.
	maxNamed = 8
	// verifyPause is between keep-alives for rejections that may mean a lost
	// registration: strangers whom the gatekeeper has us refuse must not make a
	// keep-alive each.
	verifyPause = 5 * time.Second
	// shortestLife is the least time to live that is honoured: a gatekeeper that
	// grants a second would have us send without end.
	shortestLife = 10 * time.Second
	// maxClientCalls bounds calls with admission: beyond what one endpoint has.
	maxClientCalls = 4096
	// clientRate and clientBurst bound the requests that one source may make of a
	// Client: each costs an answer.
	clientRate  = 50
	clientBurst = 100
	// maxReturned bounds what an UnknownMessageResponse returns of the message: it
	// tells which it was, and must not double the traffic of a flood.
	maxReturned = 256
	// maxReported bounds the calls of one InfoRequestResponse, which is one
	// datagram.
	maxReported = 16
)
