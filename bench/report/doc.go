// Package report keeps what runs measured, and shows it.
//
// A folder of results holds
//
//	results.json      one Record for each scenario, policy and seed
//	details/*.gz      one Detail beside each Record: what the plots need
//	run.json          the About: which command, machine, commit, scenarios
//
// which a run writes (WriteResults, WriteDetail), and
//
//	results.csv       the records as a table
//	report.html       everything in one page that asks for nothing else
//	plots/*.svg       each plot of the page
//
// which Draw makes of them, at the end of a run or at any later time. Print makes the
// short form for a terminal.
//
// Every comparison is paired: a run under one policy against the run of the same
// scenario and seed under Baseline, with the same arrivals and rates.
package report
