package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/altracker/altracker/selector"
)

// Policy is a policy and its options: "staged", or "staged{intra_pid: 0.5}". That is
// also how results name it. "oracle" is none of the tracker's: see sim.Oracle.
type Policy struct{ selector.Spec }

const (
	oracleName     = "oracle"
	oracleExternal = "external" // its only option: sim.OracleConfig.External
)

// Oracle tells whether the policy is the oracle, and its option; 0: as it likes.
func (p Policy) Oracle() (external float64, ok bool) {
	return p.Options[oracleExternal], p.Name == oracleName
}

func (p Policy) check() error {
	if p.Name != oracleName {
		_, err := p.Build()
		return err
	}
	for name, value := range p.Options {
		if name != oracleExternal || !(value > 0 && value <= 1e6) {
			return fmt.Errorf("policy oracle: %s: %v: want %s, more than 0", name, value, oracleExternal)
		}
	}
	return nil
}

// ParsePolicy reads a policy.
func ParsePolicy(text string) (Policy, error) {
	name, options, shaped := strings.Cut(strings.TrimSpace(text), "{")
	p := Policy{selector.Spec{Name: strings.TrimSpace(name)}}
	if shaped {
		inner, closed := strings.CutSuffix(options, "}")
		if !closed {
			return p, fmt.Errorf("policy %q: want name{option: value, ...}", text)
		}
		if err := p.options(inner); err != nil {
			return p, fmt.Errorf("policy %q: %w", text, err)
		}
	}
	return p, p.check()
}

// ParsePolicies reads a list that commas part.
func ParsePolicies(text string) (list []Policy, err error) {
	depth, start := 0, 0
	for i, c := range text + "," {
		switch {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ',' && depth <= 0:
			p, err := ParsePolicy(text[start:i])
			if err != nil {
				return nil, err
			}
			list, start = append(list, p), i+1
		}
	}
	if depth > 0 {
		return nil, fmt.Errorf("policies %q: a brace is not closed", text)
	}
	return list, nil
}

func (p *Policy) options(text string) error {
	p.Options = map[string]float64{}
	for pair := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(pair, ":")
		if !ok {
			return fmt.Errorf("%q: want option: value", strings.TrimSpace(pair))
		}
		if err := p.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) set(name, value string) error {
	if name == "of" {
		p.Of = value
		return nil
	}
	if _, twice := p.Options[name]; twice {
		return fmt.Errorf("%s: want it once", name)
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return fmt.Errorf("%s: %q: want a number", name, value)
	}
	p.Options[name] = v
	return nil
}

// readNode takes "staged", "staged{...}" in quotes, and the mapping staged: {...}.
func (p *Policy) readNode(n *yaml.Node) (want string) {
	text := n.Value
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[1].Kind == yaml.MappingNode {
		var pairs []string
		for i := 0; i+1 < len(n.Content[1].Content); i += 2 {
			pairs = append(pairs, n.Content[1].Content[i].Value+": "+n.Content[1].Content[i+1].Value)
		}
		text = n.Content[0].Value + "{" + strings.Join(pairs, ", ") + "}"
	} else if n.Kind != yaml.ScalarNode {
		return "a policy: name, or name: {option: value}"
	}
	read, err := ParsePolicy(text)
	if err != nil {
		return "a policy that is right: " + err.Error()
	}
	*p = read
	return ""
}

// String names the policy with its options, in one way whatever way it was written.
func (p Policy) String() string {
	var pairs []string
	if p.Of != "" {
		pairs = append(pairs, "of: "+p.Of)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Options)) {
		pairs = append(pairs, name+": "+strconv.FormatFloat(p.Options[name], 'g', -1, 64))
	}
	if pairs == nil {
		return p.Name
	}
	return p.Name + "{" + strings.Join(pairs, ", ") + "}"
}
