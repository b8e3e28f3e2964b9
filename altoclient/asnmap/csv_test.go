package asnmap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMistakesInTextAreNamedByLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "t.csv: the table is empty",
		"# nothing\n":                           "t.csv: the table is empty",
		"hello\n":                               "t.csv:1: want start,end,asn",
		"1.0.0.0,1.0.0.255,1\n\n1.0.1.0,x,1\n":  "t.csv:3: end: ",
		"start,end,asn\nx,1.0.0.0,1\n":          "t.csv:2: start: ",
		"1.0.0.9,1.0.0.8,1\n":                   "t.csv:1: range 1.0.0.9 to 1.0.0.8",
		"1.0.0.0,::,1\n":                        "t.csv:1: range 1.0.0.0 to ::",
		"fe80::%a,fe80::%a,1\n":                 "t.csv:1: range fe80::%a to fe80::%a: an address has a zone",
		"1.0.0.0,1.0.0.1,1\n1.0.0.2,1.0.0.3,DE": "t.csv:2: AS number \"DE\"",
		"1.0.0.0,1.0.0.1,DE\n1.0.0.2,1.0.0.3,1": "t.csv:2: country \"1\"",
		"1.0.0.0,1.0.0.1,1\n1.0.0.2,1.0.0.3\n":  "t.csv:2: wrong number of fields",
		"1.0.0.0,1.0.0.1,\"1\n":                 "t.csv:1: extraneous or missing",
		"asn,country\nx,DE\n":                   "t.csv:2: AS number \"x\"",
		"asn,country\n1,DEU\n":                  "t.csv:2: country \"DEU\"",
	} {
		err := new(tables).readCSV("t.csv", strings.NewReader(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s...", text, err, want)
		}
	}
}

func TestTextMayComeInManyShapes(t *testing.T) {
	want := mapOf(t, "1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13335\n", "asn,country\n13335,US\n")
	for name, texts := range map[string][]string{
		"header, comment, spaces, Windows lines": {"# c\r\nstart,end,asn\r\n1.0.0.0, 1.0.0.255, 13335\r\n2001:db8::, 2001:db8::ffff, 13335\r\n", "asn,country\n13335,us\n"},
		"more columns, AS before the number":     {"1.0.0.0,1.0.0.255,AS13335,\"Cloudflare, Inc.\"\n2001:db8::,2001:db8::ffff,AS13335,x\n", "ASN,Country,name\n13335,US,\"a, b\"\n"},
		"unsorted, in pieces, unknown between":   {"2001:db8::,2001:db8::ffff,13335\n1.0.0.128,1.0.0.255,13335\n9.0.0.0,9.0.0.1,0\n9.0.0.2,9.0.0.3,\n::ffff:1.0.0.0,::ffff:1.0.0.127,13335\n", "asn,country\n13335,US\n"},
		"country by most addresses":              {"1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13335\n", "1.0.0.0,1.0.0.99,DE\n1.0.0.100,1.0.0.255,US\n2001:db8::,2001:db8::ffff,FR\n"},
		"country by most IPv6 addresses":         {"1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13335\n", "2001:db8::,2001:db8::fff,DE\n2001:db8::1000,2001:db8::ffff,US\n"},
		"the table of countries comes first":     {"asn,country\n13335,US\n", "1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13335\n"},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, mapOf(t, texts...), want) })
	}
}

func TestFilesAreToldByContentOrKind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"asn-ipv4.csv", "asn-ipv6.csv", "asn-names.csv"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, name), packed(t, data))
	}
	got, err := Read(filepath.Join(dir, "asn-ipv6.csv"), filepath.Join(dir, "asn-names.csv"), "asn-table:"+filepath.Join(dir, "asn-ipv4.csv"))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got, sample(t))
}

func TestReadNamesWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	names, broken := filepath.Join(dir, "names.csv"), filepath.Join(dir, "broken.gz")
	writeFile(t, names, []byte("asn,country\n1,DE\n"))
	writeFile(t, broken, packed(t, []byte("1.0.0.0,1.0.0.1,1\n"))[:20])
	for _, c := range []struct {
		tables []string
		want   string
	}{
		{nil, "no table is named"},
		{[]string{"embedded", names}, "table embedded: "},
		{[]string{names, "asn-table"}, "table asn-table: "},
		{[]string{names}, "names.csv: no address has an AS or a country"},
		{[]string{filepath.Join(dir, "nowhere")}, "nowhere: no such file"},
		{[]string{broken}, "broken.gz: unexpected EOF"},
		{[]string{"mmdb:" + names}, "names.csv: "},
		{[]string{"csv:" + names}, "no such file"},
	} {
		if _, err := Read(c.tables...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want ...%s...", c.tables, err, c.want)
		}
	}
}

func TestTheEmbeddedMapHasTwoNames(t *testing.T) {
	want, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"embedded", "asn-table"} {
		got, err := Read(name)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, got, want)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("1.0.0.0,1.0.0.255,13335\n2001:db8::,2001:db8::ffff,13335\n", "asn,country\n13335,US\n")
	f.Add("0.0.0.0,255.255.255.255,1\n1.0.0.0,1.0.0.9,2\n1.0.0.5,1.0.0.12,AS3\n", "0.0.0.0,1.0.0.7,de\n::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,FR\n")
	f.Add("start,end,country\n::ffff:1.0.0.0,1.0.0.1,-\n", "asn,country,name\n1,QQ,\"a,b\"\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		var tb tables
		if tb.readCSV("a", strings.NewReader(a)) == nil && tb.readCSV("b", strings.NewReader(b)) == nil {
			checkBuild(t, &tb)
		}
	})
}
