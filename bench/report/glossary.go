package report

// term is a word of the report: what it means, and what its limit is.
type term struct{ Name, Means, Limit string }

// glossary follows Lin, Lui and Chiu (bounds of traffic), Kumar and Ross 2006 (T_min),
// and P4P 2008 (unit BDP).
var glossary = []term{
	{"random", "The policy that every other is compared with: peers drawn evenly from the swarm, as trackers do that know nothing of the network.", "Short round trips win tit-for-tat by themselves, so that even random is a little local with real clients."},
	{"Paired ratio", "A run under a policy over the run under random with the same scenario and seed, hence the same arrivals and access rates. Tables show the median over seeds, and where it would lie with other seeds (95 % bootstrap percentile interval of 5,000 samples).", "One run misleads; an interval that holds 1 shows no difference. Of five seeds, the interval cannot hold more than 94 %."},
	{"η (eta)", "Locality: (share of payload within a PID − random’s expected share) / (the largest share possible − random’s).", "0 is a tracker that knows nothing, 1 the physical limit: each PID with a leecher imports one copy. It assumes that peers stay to pass that copy on; with churn less can be had."},
	{"In PID, in ISP", "Share of the payload whose sender and receiver are in the same PID, or ISP.", "1 − K/L for K places that hold no copy at the start, and L leechers."},
	{"Copies (redundancy)", "What enters an ISP, in files: how often it pays for the same content.", "1, unless the file was there before."},
	{"Hops per byte (unit BDP)", "Links of the topology that a byte crosses, on average over all payload.", "What the cheapest tree that reaches every place would take."},
	{"MLU (most loaded link)", "Utilisation of the most loaded link, where the topology has capacities; other traffic counted where it is known.", "Above 100 % nothing fits."},
	{"p95 of transit", "What an ISP is billed by: of 5-minute bins of the larger of in and out, the 95th percentile.", "Short runs have few bins: compare, do not bill."},
	{"p50, p95", "The time since its arrival after which half, or 95 %, of the leechers had completed.", "T_min for the last one; finite pieces cost 1 + log2(L)/M of it (Mundinger, Weber and Weiss)."},
	{"T_min", "The shortest time in which all could have the file: max(F/seed upload, F/slowest download, L·F/all upload).", "No overlay can beat it. A policy whose own limit (t_min_policy_s in results.json) is far above it has split the swarm."},
	{"Start-up", "Time from arrival to the first complete piece, the median over leechers.", "One piece at the rate of a seed’s slot."},
	{"Unfinished", "Leechers that neither had the file at the end nor were meant to give up.", "0. Percentiles count those that completed, so read both."},
	{"ISPs slower, ISPs paying", "ISPs whose median completion time, or whose imported bytes, are more than 5 % above random’s with the same seed.", "0: nobody pays for the others."},
	{"Parts (components)", "Connected components of the graph of neighbours when half of the leechers have completed, the most over seeds.", "1: a swarm in parts can starve."},
	{"Seed copies", "What the seeds that were there from the start sent, in files.", "Near 1 or 2 is healthy. At the number of PIDs, each PID lives off the seed."},
	{"Design, confirm", "Parameters of policies were chosen on scenarios of the first kind only; those of the second show whether the choice holds.", "Believe the second."},
}
