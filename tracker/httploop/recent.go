package httploop

// recent remembers header lines that were read of late. A client sends the same ones
// with every request, and so do all clients of its kind, so that mostly comparing is
// enough.
type recent struct {
	last   int // index of what was found last: the next request in a pipe has the same
	blocks [recentBlocks]block
}

// block is the lines of a head behind its request line, and what they say.
type block struct {
	text   []byte
	fields fields
}

// What recent takes in memory is bounded by these, in blocks and in bytes of one.
const (
	recentBlocks = 32
	longestBlock = 1 << 10
)

// find returns what is known of the lines that b begins with, and their length. They
// end in an empty line, so that a block that b begins with is what is to be read.
func (r *recent) find(b []byte) (n int, known *fields) {
	if k := &r.blocks[r.last]; k.begins(b) {
		return len(k.text), &k.fields
	}
	if k := &r.blocks[len(b)%recentBlocks]; k.begins(b) { // if nothing comes behind it
		r.last = len(b) % recentBlocks
		return len(k.text), &k.fields
	}
	return 0, nil
}

func (k *block) begins(b []byte) bool {
	return len(k.text) > 0 && len(k.text) <= len(b) && string(b[:len(k.text)]) == string(k.text)
}

// add remembers lines.
func (r *recent) add(text []byte, f fields) {
	if len(text) > longestBlock {
		return
	}
	r.last = len(text) % recentBlocks
	k := &r.blocks[r.last]
	k.text, k.fields = append(k.text[:0], text...), f
}
