// Package duel compares trackers: it starts each of them pinned to the same
// processors, fills them with the same peers, loads them in turns, A B C A B C, and
// tells the ratios of what they did in the same round. On a machine that does other
// things too, such ratios are steadier than any figure by itself.
//
// A [Plan] is a YAML file; presets/ has those that docs/benchmarks.md speaks of.
// Every server is started and ended here. A server whose program is not installed, or
// ends with the status that shells have for that (127), is left out, with a word about
// it.
package duel
