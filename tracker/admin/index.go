package admin

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

// page is plain on purpose: it needs no script, no font and no network.
var page = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>altracker: admin API</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em }
dd { margin-bottom: .7em }
</style>
</head>
<body>
<h1>altracker</h1>
<p>This is the index of the admin API. There is no dashboard yet: the pages below are JSON, and one is text for Prometheus.</p>
<dl>
{{range .}}<dt><code>{{if .Link}}<a href="{{.Link}}">{{.Link}}</a>{{else}}{{.Form}}{{end}}</code></dt>
<dd>{{.Summary}}</dd>
{{end}}</dl>
</body>
</html>
`))

// line is an endpoint on the page: with a link, or with a form to fill in.
type line struct{ Link, Form, Summary string }

// newIndex makes the page at /.
func newIndex(endpoints []endpoint) (http.Handler, error) {
	var lines []line
	for _, e := range endpoints {
		l := line{Form: e.path + e.query, Summary: e.summary}
		if !strings.ContainsAny(l.Form, "{?") {
			l.Link = e.path
		}
		lines = append(lines, l)
	}
	var html bytes.Buffer
	if err := page.Execute(&html, lines); err != nil {
		return nil, fmt.Errorf("index page: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		_, _ = w.Write(html.Bytes()) // an error means that the client is gone
	}), nil
}
