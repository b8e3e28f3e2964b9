package asnmap

import (
	"bytes"
	"net/netip"
	"testing"
)

func TestTheBinaryFormComesBack(t *testing.T) {
	for name, m := range map[string]*Map{
		"sample":       sample(t),
		"one address":  mapOf(t, "255.255.255.255,255.255.255.255,4294967295\n"),
		"all":          mapOf(t, "::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,1\n0.0.0.0,255.255.255.255,2\n"),
		"long numbers": mapOf(t, "2001:db8::1234:5678:9abc:def1,2001:db8::1234:5678:9abc:def1,1\n", "1.0.0.0,1.0.0.0,DE\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode(binaryOf(t, m))
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, got, m)
			edges(m, func(addr netip.Addr) {
				if got.PID(addr) != m.PID(addr) {
					t.Errorf("PID of %v is %d, want %d", addr, got.PID(addr), m.PID(addr))
				}
			})
			a := continents()
			for home := uint32(1); home <= uint32(m.PIDs()); home++ {
				checkRow(t, got, a, home)
			}
		})
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	b := binaryOf(t, mapOf(t, "1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13336\n", "asn,country\n13335,US\n"))
	for n := range b {
		if _, err := decode(b[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are accepted", n, len(b))
		}
	}
	if _, err := decode(append(b, 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
}

func TestOtherFormsOfAMapAreRefused(t *testing.T) {
	// One country, one AS; then two tables of one range each, all default.
	const whole = "\x01" + "DE\x01\x07" + "\x01\x00" + "\x01\x00"
	if _, err := decode([]byte(magic + whole)); err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"number with a needless byte": "\x81\x00" + "DE\x01\x07" + "\x01\x00" + "\x01\x00",
		"country of digits":           "\x01" + "D1\x01\x07" + "\x01\x00" + "\x01\x00",
		"country twice":               "\x02" + "DE\x01\x07" + "DE\x01\x08" + "\x01\x00" + "\x01\x00",
		"countries out of order":      "\x02" + "FR\x01\x07" + "DE\x01\x08" + "\x01\x00" + "\x01\x00",
		"country without a place":     "\x01" + "DE\x00" + "\x01\x00" + "\x01\x00",
		"AS twice":                    "\x01" + "DE\x02\x07\x00" + "\x01\x00" + "\x01\x00",
		"no range":                    "\x01" + "DE\x01\x07" + "\x00" + "\x01\x00",
		"PID too great":               "\x01" + "DE\x01\x07" + "\x01\x02" + "\x01\x00",
		"neighbours alike":            "\x01" + "DE\x01\x07" + "\x02\x00\x01\x01\x01" + "\x01\x00",
		"even size":                   "\x01" + "DE\x01\x07" + "\x02\x00\x02\x00\x01" + "\x01\x00",
		"shift past the family":       "\x01" + "DE\x01\x07" + "\x02\x20\x01\x00\x01" + "\x01\x00",
		"range past the family":       "\x01" + "DE\x01\x07" + "\x02\x1f\x03\x00\x01" + "\x01\x00",
	} {
		if _, err := decode([]byte(magic + form)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(binaryOf(f, mapOf(f, "1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13336\n", "asn,country\n13335,US\n")))
	f.Add(binaryOf(f, mapOf(f, "1.0.0.0,1.0.0.0,DE\n2.0.0.0,2.0.0.0,QQ\n255.255.255.255,255.255.255.255,JP\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decode(data)
		if err != nil {
			return
		}
		if !bytes.Equal(binaryOf(t, m), data) {
			t.Errorf("%x decodes to what is written as %x", data, binaryOf(t, m))
		}
		checkMap(t, m)
	})
}

// checkBuild makes a map of what a parser accepted and checks it.
func checkBuild(t *testing.T, tb *tables) {
	t.Helper()
	m, err := tb.build()
	if err != nil {
		return
	}
	checkMap(t, m)
	again, err := decode(binaryOf(t, m))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, again, m)
}

// checkMap checks that every address has a PID, and every PID a row.
func checkMap(t *testing.T, m *Map) {
	t.Helper()
	a := continents()
	edges(m, func(addr netip.Addr) {
		if pid := m.PID(addr); !m.valid(pid) {
			t.Errorf("%v has PID %d of %d", addr, pid, m.PIDs())
		}
	})
	for home := uint32(1); home <= min(uint32(m.PIDs()), 20); home++ {
		checkRow(t, m, a, home)
	}
}
