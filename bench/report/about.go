package report

import "time"

// About says what a folder of results is, in the words of the command that made it.
type About struct {
	Command   string     `json:"command"` // that makes it again
	Commit    string     `json:"commit"`
	Started   time.Time  `json:"started"`
	Machine   string     `json:"machine"` // processors and system, for wall_s and cpu_s
	Scenarios []Scenario `json:"scenarios"`
}

// Scenario is what readers should know of a scenario before they see its results.
type Scenario struct {
	Name      string `json:"name"`
	Set       string `json:"set"`       // "design" or "confirm"
	Summary   string `json:"summary"`   // a sentence or three: topology, swarm, access
	Published string `json:"published"` // the published number it answers to, with its source; may be empty
}
