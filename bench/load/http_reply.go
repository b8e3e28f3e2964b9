package load

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// replyReader reads the bodies of HTTP replies. It belongs to one worker.
type replyReader struct {
	peers4, peers6 []byte // peers of a reply in dictionary form, compacted
}

// announce reads the reply to an announce, or the reason of its refusal.
func (r *replyReader) announce(body []byte) (a reply, failure []byte, err error) {
	d := bencode{b: body}
	interval, peers := false, false
	for d.open('d'); d.more(); {
		switch string(d.text()) {
		case "failure reason":
			failure = d.text()
		case "interval":
			a.interval, interval = d.number(), true
		case "complete":
			a.complete = d.number()
		case "incomplete":
			a.incomplete = d.number()
		case "peers":
			peers = true
			if d.next() == 'l' {
				r.dictionaries(&d, &a)
			} else {
				a.peers4 = d.text()
			}
		case "peers6":
			a.peers6, peers = d.text(), true
		default:
			d.skip()
		}
	}
	switch {
	case !d.ended():
		return a, nil, errBencode
	case failure == nil && !interval:
		return a, nil, errors.New("no interval")
	case failure == nil && !peers:
		return a, nil, errors.New("no peers")
	}
	return a, failure, nil
}

// ended tells whether all of a body was read and was right. A line end may follow, as with
// aquatic_http: clients do not mind.
func (d *bencode) ended() bool { return d.err == nil && (len(d.b) == 0 || string(d.b) == "\r\n") }

// dictionaries reads peers in the form of BEP 3, which trackers may answer with
// though the compact one was asked for.
func (r *replyReader) dictionaries(d *bencode, a *reply) {
	r.peers4, r.peers6 = r.peers4[:0], r.peers6[:0]
	for d.open('l'); d.more(); {
		var ip []byte
		var port int64
		for d.open('d'); d.more(); {
			switch string(d.text()) {
			case "ip":
				ip = d.text()
			case "port":
				port = d.number()
			default:
				d.skip()
			}
		}
		addr, err := netip.ParseAddr(string(ip))
		switch addr = addr.Unmap(); {
		case err != nil || port < 0 || port > 0xffff:
			d.fail()
		case addr.Is4():
			r.peers4 = binary.BigEndian.AppendUint16(append(r.peers4, addr.AsSlice()...), uint16(port))
		default:
			r.peers6 = binary.BigEndian.AppendUint16(append(r.peers6, addr.AsSlice()...), uint16(port))
		}
	}
	a.peers4, a.peers6 = r.peers4, r.peers6
}

// counts are what a scrape tells of a torrent.
type counts struct{ complete, incomplete int64 }

// scrape reads the reply to a scrape and calls f with each torrent of it.
func (r *replyReader) scrape(body []byte, f func(hash []byte, c counts)) (failure []byte, err error) {
	d := bencode{b: body}
	for d.open('d'); d.more(); {
		switch string(d.text()) {
		case "failure reason":
			failure = d.text()
		case "files":
			for d.open('d'); d.more(); {
				hash := d.text()
				f(hash, d.counts())
			}
		default:
			d.skip()
		}
	}
	if !d.ended() {
		return nil, errBencode
	}
	return failure, nil
}

func (d *bencode) counts() (c counts) {
	for d.open('d'); d.more(); {
		switch string(d.text()) {
		case "complete":
			c.complete = d.number()
		case "incomplete":
			c.incomplete = d.number()
		default:
			d.skip()
		}
	}
	return c
}
