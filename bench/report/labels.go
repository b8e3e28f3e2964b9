package report

import (
	"math"
	"unicode/utf8"
)

// label is a text for a point.
type label struct {
	x, y  float64
	text  string
	class string // of the text
	line  string // class of the line to the point, if there must be one
}

// label sizes: there is no font to ask, so the width of a letter is taken as wide.
const (
	letter     = 0.63 // of the font's size
	lineHeight = 1.15
)

// labels writes each text near its point, where it covers least of other texts, of
// points and of what is outside b. A text that had to move away has a line to its point.
// Texts that come first get the better places.
func (p *plot) labels(b box, size float64, all []label, taken []box) {
	for _, l := range all {
		taken = append(taken, box{l.x - 4, l.y - 4, 8, 8})
	}
	for _, l := range all {
		w, h := letter*size*float64(utf8.RuneCountInString(l.text)), lineHeight*size
		best, cost, far := box{}, math.Inf(1), false
		for ring, away := range []float64{7, 16, 28, 42} {
			for i, side := range sides {
				at := box{l.x + side.dx*away + side.ax*w, l.y + side.dy*away + side.ay*h, w, h}
				c := float64(ring)*6 + float64(i)*0.1 + (w*h-at.overlap(b))*20
				for _, t := range taken {
					c += at.overlap(t)
				}
				if c < cost {
					best, cost, far = at, c, ring > 0
				}
			}
		}
		taken = append(taken, best)
		if far {
			p.line(l.line, l.x, l.y, min(max(l.x, best.x), best.x+best.w), min(max(l.y, best.y), best.y+best.h))
		}
		x, anchor := best.x+w/2, "middle"
		if best.x >= l.x {
			x, anchor = best.x, "start"
		} else if best.x+w <= l.x {
			x, anchor = best.x+w, "end"
		}
		p.text(x, best.y+0.8*h, anchor, l.class, l.text)
	}
}

// along returns boxes that cover a line, for texts to avoid.
func along(x1, y1, x2, y2 float64) []box {
	const apart = 6
	n := int(math.Hypot(x2-x1, y2-y1)/apart) + 1
	boxes := make([]box, n+1)
	for i := range boxes {
		t := float64(i) / float64(n)
		boxes[i] = box{x1 + t*(x2-x1) - 2, y1 + t*(y2-y1) - 2, 4, 4}
	}
	return boxes
}

// sides are where a text can stand: its offset, and which of its corners is there.
var sides = []struct{ dx, dy, ax, ay float64 }{
	{1, 0, 0, -0.5}, {-1, 0, -1, -0.5}, {0, -1, -0.5, -1}, {0, 1, -0.5, 0},
	{0.8, -0.8, 0, -1}, {0.8, 0.8, 0, 0}, {-0.8, -0.8, -1, -1}, {-0.8, 0.8, -1, 0},
}
