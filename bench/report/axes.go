package report

// box is a rectangle.
type box struct{ x, y, w, h float64 }

// overlap is the area that two boxes share.
func (a box) overlap(b box) float64 {
	w := min(a.x+a.w, b.x+b.w) - max(a.x, b.x)
	h := min(a.y+a.h, b.y+b.h) - max(a.y, b.y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h
}

// axes draws the frame of a plot within b: grid, ticks and what the axes mean.
func (p *plot) axes(b box, x, y scale, xName, yName string, xTick, yTick func(float64) string) {
	for _, v := range y.ticks(5) {
		p.line("grid", b.x, y.at(v), b.x+b.w, y.at(v))
		p.text(b.x-8, y.at(v)+4, "end", "soft small", yTick(v))
	}
	for _, v := range x.ticks(6) {
		p.line("grid", x.at(v), b.y, x.at(v), b.y+b.h)
		p.text(x.at(v), b.y+b.h+17, "middle", "soft small", xTick(v))
	}
	p.line("axis", b.x, b.y+b.h, b.x+b.w, b.y+b.h)
	p.line("axis", b.x, b.y, b.x, b.y+b.h)
	p.text(b.x+b.w/2, b.y+b.h+36, "middle", "soft", xName)
	p.text(0, 0, "middle", "soft", yName, "transform", "translate("+short(b.x-46)+" "+short(b.y+b.h/2)+") rotate(-90)")
}
