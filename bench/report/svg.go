package report

import (
	_ "embed"
	"encoding/xml"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// plotStyle is what plots look like: in the page, and in each file.
//
//go:embed plot.css
var plotStyle string

// plot is one drawing. Its shapes take their colours from plotStyle, so that it follows
// the reader's light or dark.
type plot struct {
	file          string // without .svg; also its id in the page
	title, desc   string // for those who cannot see it, and for hovering
	width, height float64
	shapes        strings.Builder
}

// shape appends an element without content. Attributes are pairs of name and value.
func (p *plot) shape(element string, attributes ...any) {
	p.start(element, attributes)
	p.shapes.WriteString("/>")
}

// hint appends a shape that shows a text when it is pointed at.
func (p *plot) hint(text, element string, attributes ...any) {
	p.start(element, attributes)
	p.shapes.WriteString("><title>" + escape(text) + "</title></" + element + ">")
}

// text appends a line of text; anchor is start, middle or end.
func (p *plot) text(x, y float64, anchor, class, text string, attributes ...any) {
	p.start("text", append([]any{"x", x, "y", y, "text-anchor", anchor, "class", class}, attributes...))
	p.shapes.WriteString(">" + escape(text) + "</text>")
}

func (p *plot) line(class string, x1, y1, x2, y2 float64, attributes ...any) {
	p.shape("line", append([]any{"class", class, "x1", x1, "y1", y1, "x2", x2, "y2", y2}, attributes...)...)
}

func (p *plot) start(element string, attributes []any) {
	p.shapes.WriteString("<" + element)
	for i := 0; i+1 < len(attributes); i += 2 {
		value := escape(fmt.Sprint(attributes[i+1]))
		if v, ok := attributes[i+1].(float64); ok {
			value = short(v)
		}
		fmt.Fprintf(&p.shapes, ` %s="%s"`, attributes[i], value)
	}
}

// inline returns the plot as an element of a page that has plotStyle.
func (p *plot) inline() template.HTML { return template.HTML(p.element("")) }

// document returns the plot as a file of its own.
func (p *plot) document() string {
	return p.element(` xmlns="http://www.w3.org/2000/svg"`) + "\n"
}

func (p *plot) element(namespace string) string {
	var b strings.Builder
	id := escape(p.file)
	fmt.Fprintf(&b, `<svg%s class="plot" role="img" aria-labelledby="%s-t %s-d" viewBox="0 0 %s %s" width="%s" height="%s">`,
		namespace, id, id, short(p.width), short(p.height), short(p.width), short(p.height))
	fmt.Fprintf(&b, `<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, escape(p.title), id, escape(p.desc))
	if namespace != "" {
		fmt.Fprintf(&b, "<style>%s</style>", escape(plotStyle))
		fmt.Fprintf(&b, `<rect class="sheet" width="%s" height="%s"/>`, short(p.width), short(p.height))
	}
	b.WriteString(p.shapes.String() + "</svg>")
	return b.String()
}

// escape makes a text fit for XML and HTML: characters that XML forbids become U+FFFD.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// short writes a coordinate to a tenth of a pixel.
func short(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}
