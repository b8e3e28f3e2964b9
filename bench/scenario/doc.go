// Package scenario reads what is to be simulated, and makes the world of it that all
// policies share.
//
//	s, err := scenario.Load("quick")     // of the binary, or a file's path
//	world, err := s.World(seed)          // graph, peers, addresses, maps
//
// A scenario is a YAML file that a stranger can read; package scenarios holds those
// that ship. A World depends on the scenario and the seed alone: the same arrivals,
// rates and addresses under each policy, so that runs can be compared pair by pair.
package scenario
