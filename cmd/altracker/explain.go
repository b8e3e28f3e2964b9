package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"
)

type explainCommand struct {
	Admin    string `default:"http://127.0.0.1:6970" placeholder:"URL" help:"Admin API of the tracker (${default})."`
	InfoHash string `required:"" placeholder:"HEX" help:"The swarm."`
	IP       string `required:"" name:"ip" placeholder:"ADDR" help:"The requester."`
	Policy   string `placeholder:"NAME" help:"Another policy than the one in force."`
	NumWant  int    `default:"-1" name:"numwant" placeholder:"N" help:"Peers wanted; the tracker's default without it."`
	Seeder   bool   `help:"The requester seeds."`
	Table    bool   `help:"Print tables, not JSON."`
}

// explanation is what the admin API answers.
type explanation struct {
	Requester struct{ IP, Source, PID string }
	Policy    string
	NumWant   int
	Steps     []struct {
		Name   string
		Target float64
		Taken  int
	}
	Peers []struct {
		IP     string
		Port   uint16
		PID    string
		Cost   *float64
		Step   string
		Seeder bool
	}
}

// Run asks the tracker and prints its answer.
func (c explainCommand) Run(env environment) error {
	body, err := get(env, c.url())
	if err != nil {
		return err
	}
	if c.Table {
		var e explanation
		if err := json.Unmarshal(body, &e); err != nil {
			return fmt.Errorf("the tracker's answer: %w", err)
		}
		return e.print(env.out)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(body), "", "  "); err != nil {
		return fmt.Errorf("the tracker's answer: %w", err)
	}
	_, err = fmt.Fprintln(env.out, &pretty)
	return err
}

func (c explainCommand) url() string {
	q := url.Values{"info_hash": {c.InfoHash}, "ip": {c.IP}, "left": {"1"}}
	if c.Seeder {
		q.Set("left", "0")
	}
	if c.Policy != "" {
		q.Set("policy", c.Policy)
	}
	if c.NumWant >= 0 {
		q.Set("numwant", strconv.Itoa(c.NumWant))
	}
	return c.Admin + "/api/v1/explain?" + q.Encode()
}

// get fetches from the admin API. What the tracker finds wrong with the question
// is the user's mistake.
func get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, misuse{err}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return body, nil
	}
	var wrong struct{ Error string }
	if json.Unmarshal(body, &wrong) != nil || wrong.Error == "" {
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	if resp.StatusCode == http.StatusBadRequest {
		return nil, misuse{fmt.Errorf("%s", wrong.Error)}
	}
	return nil, fmt.Errorf("%s: %s", resp.Status, wrong.Error)
}

func (e *explanation) print(out io.Writer) error {
	place := "in no PID"
	if e.Requester.PID != "" {
		place = "in PID " + e.Requester.PID
	}
	if e.Requester.Source != "" {
		place += ", guided by source " + e.Requester.Source
	} else {
		place += ", guided by no source: a uniform draw"
	}
	fmt.Fprintf(out, "%s is %s.\nPolicy %s, %d of %d peers.\n\n", e.Requester.IP, place, e.Policy, len(e.Peers), e.NumWant)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STEP\tFILLS TO\tTAKEN")
	for _, s := range e.Steps {
		fmt.Fprintf(w, "%s\t%.0f %%\t%d\n", s.Name, 100*s.Target, s.Taken)
	}
	fmt.Fprintln(w, "\nPEER\tPID\tCOST\tROLE\tSTEP")
	for _, p := range e.Peers {
		cost, role := "none", "leecher"
		if p.Cost != nil {
			cost = strconv.FormatFloat(*p.Cost, 'g', -1, 32)
		}
		if p.Seeder {
			role = "seeder"
		}
		fmt.Fprintf(w, "%s port %d\t%s\t%s\t%s\t%s\n", p.IP, p.Port, p.PID, cost, role, p.Step)
	}
	return w.Flush()
}
