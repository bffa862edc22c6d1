package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// onLoopback takes free ports and no group.
var onLoopback = []string{"serve", "--listen", "127.0.0.1:0", "--sip-udp", "127.0.0.1:0", "--sip-tcp", "127.0.0.1:0", "--h323-listen", "127.0.0.1:0", "--gatekeeper-listen", "127.0.0.1:0",
	"--h323-multiplex", "127.0.0.1:0",
	"--webrtc-udp", "127.0.0.1:0", "--webrtc-tcp", "", "--rtp-ports", "20000-20999"}

// serving is a bridge that said it is ready.
type serving struct {
	*exec.Cmd
	greeting string
	stdout   io.Reader
	stderr   *bytes.Buffer
}

func startServing(t *testing.T, args ...string) *serving {
	t.Helper()
	s := &serving{Cmd: parley(t, append(append([]string{}, onLoopback...), args...)...), stderr: new(bytes.Buffer)}
	s.Env = append(s.Env, "PARLEY_MULTICAST_ENABLED=false")
	s.Stderr = s.stderr
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	s.stdout = lines
	for !strings.Contains(s.greeting, "API ") {
		line, err := lines.ReadString('\n')
		if err != nil {
			_ = s.Wait()
			t.Fatalf("%v before it was ready; log:\n%s", err, s.stderr)
		}
		s.greeting += line
	}
	return s
}

// stop sends signals and returns the exit status.
func (s *serving) stop(t *testing.T, signals ...syscall.Signal) int {
	t.Helper()
	for _, sig := range signals {
		if err := s.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = io.Copy(io.Discard, s.stdout)
	_ = s.Wait() // the status is looked at
	return s.ProcessState.ExitCode()
}

func (s *serving) url(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^Page +(http://127\.0\.0\.1:\d+)/c/lobby$`).FindStringSubmatch(s.greeting)
	if m == nil {
		t.Fatalf("no page in\n%s", s.greeting)
	}
	return m[1]
}

func TestServeGreetsAndEnds(t *testing.T) {
	s := startServing(t)
	for _, want := range []string{
		`(?m)^SIP +sip:lobby@127\.0\.0\.1:\d+;transport=udp$`,
		`(?m)^ +sip:lobby@127\.0\.0\.1:\d+;transport=tcp$`,
		`(?m)^H\.323 +h323:lobby@127\.0\.0\.1:\d+$`,
		`(?m)^Gatekeeper +127\.0\.0\.1:\d+$`,
		`(?m)^API +http://127\.0\.0\.1:\d+/api/v1/openapi\.json$`,
	} {
		if !regexp.MustCompile(want).MatchString(s.greeting) {
			t.Errorf("no %s in\n%s", want, s.greeting)
		}
	}
	if status := s.stop(t, syscall.SIGTERM); status != statusOK {
		t.Errorf("status %d; log:\n%s", status, s.stderr)
	}
}

// A port that is taken is named with the flag that changes it.
func TestServeOnTakenPort(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for _, tt := range []struct{ flag, address, want string }{
		{"--listen", tcp.Addr().String(), "choose another with --listen HOST:PORT or http.listen"},
		{"--sip-udp", udp.LocalAddr().String(), "choose another with --sip-udp HOST:PORT or sip.udp"},
		{"--sip-tcp", tcp.Addr().String(), "choose another with --sip-tcp HOST:PORT or sip.tcp"},
		{"--h323-listen", tcp.Addr().String(), "choose another with --h323-listen HOST:PORT or h323.listen"},
		{"--webrtc-udp", udp.LocalAddr().String(), "choose another with --webrtc-udp HOST:PORT or webrtc.udp"},
		{"--webrtc-tcp", tcp.Addr().String(), "choose another with --webrtc-tcp HOST:PORT or webrtc.tcp"},
	} {
		t.Run(tt.flag, func(t *testing.T) {
			cmd := parley(t, append(append([]string{}, onLoopback...), tt.flag, tt.address)...)
			cmd.Env = append(cmd.Env, "PARLEY_MULTICAST_ENABLED=false")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run() // the status is looked at
			if status := cmd.ProcessState.ExitCode(); status != statusFailed || stdout.Len() > 0 ||
				!strings.Contains(stderr.String(), "another program has this port; "+tt.want) {
				t.Errorf("status %d, stdout %q, stderr:\n%s", status, &stdout, &stderr)
			}
		})
	}
}

// Who starts parley on a machine that has another of its kind reads of all ports that
// are taken, and not of one a start.
func TestServeOnTakenPorts(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	cmd := parley(t, append(append([]string{}, onLoopback...),
		"--listen", tcp.Addr().String(), "--h323-listen", other.Addr().String(), "--webrtc-udp", udp.LocalAddr().String())...)
	cmd.Env = append(cmd.Env, "PARLEY_MULTICAST_ENABLED=false")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	_ = cmd.Run() // the status is looked at
	for _, key := range []string{"http.listen", "h323.listen", "webrtc.udp"} {
		if !strings.Contains(stderr.String(), " or "+key) {
			t.Errorf("no %s in\n%s", key, &stderr)
		}
	}
	if n := strings.Count(stderr.String(), "another program has this port"); n != 3 || cmd.ProcessState.ExitCode() != statusFailed {
		t.Errorf("%d are told, status %d", n, cmd.ProcessState.ExitCode())
	}
}

// An address that is not this machine's is told of the key that has it, once.
func TestServeOnAForeignAddress(t *testing.T) {
	cmd := parley(t, append(append([]string{}, onLoopback...), "--h323-listen", "192.0.2.77:1730", "--h323-multiplex", ":2796")...)
	cmd.Env = append(cmd.Env, "PARLEY_MULTICAST_ENABLED=false")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	_ = cmd.Run() // the status is looked at
	text := stderr.String()
	if cmd.ProcessState.ExitCode() != statusFailed || !strings.Contains(text, "h323.listen") ||
		strings.Contains(text, "h323.multiplex") || strings.Contains(text, "another") && strings.Contains(text, "program running") {
		t.Errorf("status %d, stderr:\n%s", cmd.ProcessState.ExitCode(), text)
	}
}

// A taken port of multiplexed media is told once.
func TestServeOnTakenMultiplex(t *testing.T) {
	udp, err := net.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	port := udp.LocalAddr().(*net.UDPAddr).Port &^ 1 // it or the next is taken
	cmd := parley(t, append(append([]string{}, onLoopback...), "--h323-listen", ":0", "--h323-multiplex", fmt.Sprintf(":%d", port))...)
	cmd.Env = append(cmd.Env, "PARLEY_MULTICAST_ENABLED=false")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	_ = cmd.Run() // the status is looked at
	if text := stderr.String(); strings.Count(text, "address already in use") != 1 || !strings.Contains(text, "h323.multiplex") {
		t.Errorf("stderr:\n%s", text)
	}
}

// Who listens for no H.323 reads so.
func TestServeOutgoingH323(t *testing.T) {
	s := startServing(t, "--config", quietFile(t, "h323: {listen: []}\ngatekeeper: {enabled: false}\n"), "--h323-listen", "")
	if !strings.Contains(s.greeting, "outgoing calls only") || strings.Contains(s.greeting, "Gatekeeper") {
		t.Errorf("%s", s.greeting)
	}
	if status := s.stop(t, syscall.SIGTERM); status != statusOK {
		t.Errorf("status %d; log:\n%s", status, s.stderr)
	}
}

func quietFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A call that nobody can take ends with the SIP cause and status 1.
func TestDialThroughTheAPI(t *testing.T) {
	s := startServing(t)
	phone, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var answering sync.WaitGroup
	answering.Go(func() { answerBusy(phone) })
	cmd := parley(t, "dial", "sip:bob@"+phone.LocalAddr().String(), "--conference", "lobby", "--url", s.url(t))
	out, _ := cmd.CombinedOutput() // the status is looked at
	if got := string(out); cmd.ProcessState.ExitCode() != statusFailed || !strings.HasSuffix(got, "parley: call failed: 486 Busy Here\n") {
		t.Errorf("status %d, %q", cmd.ProcessState.ExitCode(), got)
	}
	cmd = parley(t, "dial", "sip:bob@"+phone.LocalAddr().String(), "--conference", "none", "--url", s.url(t))
	out, _ = cmd.CombinedOutput()
	if got := string(out); cmd.ProcessState.ExitCode() != statusFailed || !strings.HasSuffix(got, "parley: call failed: no such conference\n") {
		t.Errorf("status %d, %q", cmd.ProcessState.ExitCode(), got)
	}
	_ = phone.Close()
	answering.Wait()
	if status := s.stop(t, syscall.SIGTERM); status != statusOK {
		t.Errorf("status %d; log:\n%s", status, s.stderr)
	}
}

// Who brings no token is told how to.
func TestWithoutTheToken(t *testing.T) {
	s := startServing(t, "--api-token", "0123456789abcdef")
	for token, want := range map[string]string{
		"":                 "parley: the bridge wants its token: give --token or PARLEY_API_TOKEN\n",
		"fedcba9876543210": "parley: the bridge has another token: see --token or PARLEY_API_TOKEN\n",
	} {
		for _, line := range [][]string{{"dial", "sip:bob@127.0.0.1:1", "--conference", "lobby"}, {"trace"}} {
			cmd := parley(t, append(line, "--url", s.url(t))...)
			cmd.Env = append(cmd.Env, "PARLEY_API_TOKEN="+token)
			out, _ := cmd.CombinedOutput() // the status is looked at
			if got := string(out); cmd.ProcessState.ExitCode() != statusFailed || !strings.HasSuffix(got, want) {
				t.Errorf("%s, token %q: status %d, %q", line[0], token, cmd.ProcessState.ExitCode(), got)
			}
		}
	}
	if status := s.stop(t, syscall.SIGTERM); status != statusOK {
		t.Errorf("status %d; log:\n%s", status, s.stderr)
	}
}

// answerBusy answers every INVITE with 486 until conn is closed.
func answerBusy(conn net.PacketConn) {
	buf := make([]byte, 65536)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		head, _, _ := strings.Cut(string(buf[:n]), "\r\n\r\n")
		lines := strings.Split(head, "\r\n")
		if !strings.HasPrefix(lines[0], "INVITE ") {
			continue
		}
		answer := []string{"SIP/2.0 486 Busy Here"}
		for _, l := range lines[1:] {
			name, _, _ := strings.Cut(l, ":")
			switch strings.ToLower(name) {
			case "to":
				l += ";tag=busy"
				fallthrough
			case "via", "from", "call-id", "cseq":
				answer = append(answer, l)
			}
		}
		_, _ = conn.WriteTo([]byte(strings.Join(answer, "\r\n")+"\r\nContent-Length: 0\r\n\r\n"), from)
	}
}

// TestTakenPortOfTheStandard: MADCAP's cannot be another.
func TestTakenPortOfTheStandard(t *testing.T) {
	const key = "multicast.madcap.enabled"
	err := explainListen(&net.OpError{Op: "listen", Net: "udp", Err: syscall.EADDRINUSE}, map[string]string{"udp": key})
	if want := "another program has this port; end that one, or set " + key + ": false"; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v", err)
	}
}
