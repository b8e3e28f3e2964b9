package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// writeTable writes records as CSV (RFC 4180) under the names they have in JSON. A
// float that is not known is an empty cell.
func writeTable(w io.Writer, records []Record) error {
	var head []string
	for f := range reflect.TypeFor[Record]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		head = append(head, name)
	}
	c := csv.NewWriter(w)
	_ = c.Write(head) // Error tells
	for i := range records {
		row := make([]string, 0, len(head))
		for _, v := range reflect.ValueOf(&records[i]).Elem().Fields() {
			row = append(row, field(v))
		}
		_ = c.Write(row)
	}
	c.Flush()
	return c.Error()
}

func field(v reflect.Value) string {
	if !v.CanFloat() {
		return fmt.Sprint(v.Interface())
	}
	if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return ""
}
