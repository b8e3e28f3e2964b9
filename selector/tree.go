package selector

// Node is a node of a classification tree (draft-yang-tracker-peer-selection-00
// section 3): who is in it, among those of its parent.
type Node struct{}

// TraversalList is the list of a home node.
type TraversalList struct{}
