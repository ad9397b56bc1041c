/// What the models of replicated stores keep and leave out.
enum StoreFidelity {
  static let scenario = Fidelity(
    models: [
      "Primary and backups ship a log of writes with epochs over the simulated network, write it to "
        + "simulated disks before they answer, and drop what a new primary does not have.",
      "The monitor, its reports, leases and appointments are messages; clients learn who is primary "
        + "by being refused or not answered.",
      "Raft is the machine of the service-discovery topic, with its log, snapshots and reads.",
      "A leaderless store sends each write to all owners on a ring, waits for W, reads from R, repairs, "
        + "keeps hints and compares Merkle trees; the highest timestamp of a client's clock wins.",
      "Replicated data types gossip whole values or what changed, with confirmations.",
      "Every verdict comes from a checker that sees only what clients saw, not what the store knows.",
    ],
    leavesOut: [
      "A client has one request open at a time, and a key holds one number.",
      "The monitor is a single node; real ones are a quorum themselves.",
      "A node's log is never cut, and a new backup is never filled from a snapshot.",
      "Siblings reach no client here: the scenario's leaderless store lets the last write win.",
      "An addition that a client repeats at another replica counts twice.",
      "Links keep the order of messages, as one connection does; it is never torn down.",
    ],
    sources: [
      "Herlihy and Wing, Linearizability (1990); Terry et al., Session guarantees (1994)",
      "Gilbert and Lynch, Brewer's conjecture (2002); Abadi, PACELC, IEEE Computer (2012)",
      "Gray and Cheriton, Leases (1989); Ongaro, Consensus: bridging theory and practice (2014)",
      "DeCandia et al., Dynamo, SOSP 2007; cassandra.yaml (hints, their window)",
      "Shapiro et al., INRIA RR-7506 (2011); Almeida et al., Delta state replicated data types (2018)",
      "PostgreSQL documentation, synchronous_standby_names; MySQL, semisynchronous replication",
      "Jepsen histories (jepsen.io), Maelstrom's table of definite and indefinite errors",
    ])
}
