package accessdomain

import (
	"bytes"
	"context"
	"net"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// inform asks the DHCP servers at the exchange for the names of the access network,
// for a host that has an address already (RFC 2131 section 3.4).
func inform(ctx context.Context, at exchange, hardware net.HardwareAddr) ([]Name, error) {
	question, err := dhcpv4.NewInform(hardware, at.local.Addr().AsSlice(),
		dhcpv4.WithRequestedOptions(optionAccess4, dhcpv4.OptionDomainName))
	if err != nil {
		return nil, err
	}
	var answer *dhcpv4.DHCPv4
	err = at.converse(ctx, func(int) []byte { return question.ToBytes() }, func(b []byte) bool {
		answer, err = dhcpv4.FromBytes(b)
		return err == nil && answer.OpCode == dhcpv4.OpcodeBootReply && answer.MessageType() == dhcpv4.MessageTypeAck &&
			answer.TransactionID == question.TransactionID && bytes.Equal(answer.ClientHWAddr, hardware)
	})
	if err != nil {
		return nil, err
	}
	return names4(answer)
}
