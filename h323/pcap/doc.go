// Package pcap reads UDP datagrams and TCP segments of files that tcpdump, tshark
// and the like have written: pcap and pcapng, of Ethernet (with VLAN tags), cooked
// Linux and raw IP. Fragments of IP are left out.
package pcap
