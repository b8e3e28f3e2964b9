package accessdomain

import (
	"context"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"
)

// request asks the DHCPv6 servers at the exchange for the names of the access network,
// by an Information-request (RFC 8415 section 18.2.6). It does not say who asks.
func request(ctx context.Context, at exchange) ([]Name, error) {
	// The last two must be asked for.
	question, err := dhcpv6.NewMessage(dhcpv6.WithRequestedOptions(optionAccess6, dhcpv6.OptionInformationRefreshTime, dhcpv6.OptionInfMaxRT))
	if err != nil {
		return nil, err
	}
	question.MessageType = dhcpv6.MessageTypeInformationRequest
	start := time.Now()
	message := func(try int) []byte {
		elapsed := time.Duration(0) // in the first message (RFC 8415 section 21.9)
		if try > 0 {
			elapsed = time.Since(start)
		}
		question.UpdateOption(dhcpv6.OptElapsedTime(elapsed))
		return question.ToBytes()
	}
	var answer *dhcpv6.Message
	err = at.converse(ctx, message, func(b []byte) bool {
		answer, err = dhcpv6.MessageFromBytes(b)
		return err == nil && answer.MessageType == dhcpv6.MessageTypeReply && answer.TransactionID == question.TransactionID
	})
	if err != nil {
		return nil, err
	}
	return names6(answer)
}
