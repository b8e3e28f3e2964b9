package udptracker

// The options of BEP 41. Types up to optionNOP are a lone byte; all others,
// known or not, are followed by a length byte and that many bytes.
const (
	optionEnd     = 0
	optionNOP     = 1
	optionURLData = 2
)

// appendURLData appends the path and query of the tracker's URL as the client
// knows it: the URLData of the options that follow an announce, put together.
// Malformed options end the list; they are no reason to refuse an announce,
// because older clients pad their packets with whatever they like.
func appendURLData(url, options []byte) []byte {
	for len(options) > 0 {
		switch options[0] {
		case optionEnd:
			return url
		case optionNOP:
			options = options[1:]
			continue
		}
		if len(options) < 2 || len(options)-2 < int(options[1]) {
			return url
		}
		end := 2 + int(options[1])
		if options[0] == optionURLData {
			url = append(url, options[2:end]...)
		}
		options = options[end:]
	}
	return url
}
