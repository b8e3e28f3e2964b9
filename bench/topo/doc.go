// Package topo is the networks that the harness runs swarms on: graphs of nodes and
// links, and how traffic is routed over them. What an ALTO server would say of them is for
// package scenario to tell.
//
// A graph comes from the embedded collection ([Builtin]), from a file in one of the usual
// formats ([ReadFile]), or from code. Nothing here knows of peers.
package topo
