// Package eventlog reads CSV event logs, as service desks export them and as
// process mining uses them: one row per thing that happened to a case. A Mapping
// says which column means what.
//
// Each row is compared with the row before it of the same case, in order of
// time; rows of equal time keep the order of the file. Rows of a case may be
// scattered over the file and out of order, so the whole log is held in memory
// in a compact form before the first event is given: 24 bytes a row, 4 bytes
// for each mapped column of a row, and every distinct value once. A million
// rows with ten columns are some 70 MB.
//
// What this package does not own: what events mean (signals), and other
// sources of history (integrations/jira, integrations/slack).
package eventlog
