// Package mapdiff tells in what two ALTO maps differ: which PIDs came, went or only
// changed their name, which addresses moved from one PID to another, and which
// costs changed. It is the library behind "altracker alto diff".
//
// Addresses count, not how prefixes are written: a prefix split into its halves
// has not changed.
//
//	d := mapdiff.Compare(before, after, mapdiff.Config{})
//	if !d.Alike() {
//		fmt.Println(d.Moves, d.Costs.Largest)
//	}
package mapdiff
