package httploop

import (
	"fmt"
	"strings"
)

// ask is a request, and reply the answer to it.
func ask(n int) string { return fmt.Sprintf("GET /announce?n=%d HTTP/1.1\r\nHost: x\r\n\r\n", n) }

func reply(n int) string {
	body := fmt.Sprintf("/announce?n=%d", n)
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: text/plain\r\nDate: Sun, 09 Sep 2001 01:46:40 GMT\r\n\r\n%s", len(body), body)
}

// run joins f of 0 to n-1.
func run(n int, f func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}
