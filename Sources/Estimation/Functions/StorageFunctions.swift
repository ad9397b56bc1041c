/// From what comes in to what lies on disks.
enum StorageFunctions {
  static let all = [
    retained, replicated, erasureCoded, compressed, writeAmplified, readAmplified, headroom,
  ]

  private static let rocksDB = """
    RocksDB Tuning Guide, "Amplification factors", \
    https://github.com/facebook/rocksdb/wiki/RocksDB-Tuning-Guide
    """
  private static let azure = """
    Huang and others, "Erasure Coding in Windows Azure Storage", USENIX ATC 2012, section 1
    """

  private static let retained = EstimateFunction(
    name: "retained", group: .storage, signature: "(rate: A/time, keep: time) -> A",
    summary: "How much lies there when everything is kept for the same time.",
    formula: "stored = rate * keep (Little's law)",
    assumptions: """
      Holds once the service is older than the time of keeping, at a steady rate, and counts one \
      copy: replicas, indexes and snapshots come on top.
      """,
    example: .init(call: "retained(1 TB/day, 30 days)", result: "30 TB"),
    source: """
      Little, "A proof for the queuing formula: L = lambda W", Operations Research 9(3), 1961, \
      pages 383-387
      """,
    product: [1, 1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] * arguments.atLeast0(1)
    })

  private static let replicated = EstimateFunction(
    name: "replicated", group: .storage, signature: "(size: A, copies: B) -> A",
    summary: "What all copies of the data take together.",
    formula: "stored = size * copies",
    assumptions: """
      Copies counts all of them, the first included: 3 for the usual triple replication. Backups \
      and snapshots are not among them.
      """,
    example: .init(call: "replicated(5 TB, 3 replicas)", result: "15 TB"), source: azure,
    product: [1, 1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] * arguments.atLeast1(1)
    })

  private static let erasureCoded = EstimateFunction(
    name: "erasure_coded", group: .storage, signature: "(size: A, data: B, parity: B) -> A",
    summary: "What the data takes in an erasure code of data and parity fragments.",
    formula: "stored = size * (data + parity) / data",
    assumptions: """
      A Reed-Solomon code survives the loss of any `parity` fragments and reads `data` fragments \
      to repair one. It suits large objects that are rarely written; small ones are padded.
      """,
    example: .init(call: "erasure_coded(5 TB, 6, 3)", result: "7.5 TB"), source: azure,
    compute: { (arguments) throws(FormulaRefusal) in
      let data = try arguments.atLeast1(1)
      let parity = try arguments.atLeast0(2)
      return arguments[0] * (data + parity) / data
    })

  private static let compressed = EstimateFunction(
    name: "compressed", group: .storage, signature: "(size: A, ratio: 1) -> A",
    summary: "What the data takes after compression by a ratio.",
    formula: "stored = size / ratio",
    assumptions: """
      The ratio is size before over size after, and above 1 where compression helps. Photos and \
      video are compressed already; the ratio of encrypted data is 1.
      """,
    example: .init(call: "compressed(9 TB, 3)", result: "3 TB"),
    source: """
      Ratios measured for kinds of data: "Napkin Math", \
      https://github.com/sirupsen/napkin-math
      """,
    product: [1, -1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] / arguments.above0(1)
    })

  private static let writeAmplified = EstimateFunction(
    name: "write_amplified", group: .storage, signature: "(written: A, factor: 1) -> A",
    summary: "What the disks write when the application writes so much.",
    formula: "disk writes = writes to the database * write amplification",
    assumptions: """
      The factor is bytes written to storage over bytes written to the database; measure it. Log, \
      compaction and indexes all count, and so does the wear of flash.
      """,
    example: .init(call: "write_amplified(10 MB/s, 3)", result: "30 MB/s"), source: rocksDB,
    product: [1, 1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] * arguments.above0(1)
    })

  private static let readAmplified = EstimateFunction(
    name: "read_amplified", group: .storage, signature: "(queries: A, factor: 1) -> A",
    summary: "How many disk reads a load of queries causes.",
    formula: "disk reads = queries * read amplification",
    assumptions: """
      The factor is disk reads for each query. Reads that a cache answers cost no disk, so the \
      factor may lie below 1.
      """,
    example: .init(call: "read_amplified(2k queries/s, 5)", result: "10k queries/s"),
    source: rocksDB,
    product: [1, 1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] * arguments.atLeast0(1)
    })

  private static let headroom = EstimateFunction(
    name: "headroom", group: .storage, signature: "(load: A, utilisation: 1) -> A",
    summary: "The capacity to provide so that the load fills only a share of it.",
    formula: "capacity = load / utilisation",
    assumptions: """
      For disks, links and other things that fill up. For servers ask what waits instead \
      (servers_for_waiting): a large pool may run hotter than a small one.
      """,
    example: .init(call: "headroom(7 TB, 70%)", result: "10 TB"),
    source: """
      Utilisation as load over capacity: Kleinrock, "Queueing Systems, Volume 1: Theory", \
      Wiley 1975
      """,
    product: [1, -1],
    compute: { (arguments) throws(FormulaRefusal) in
      let share = try arguments.share(1)
      if share > 0 { return arguments[0] / share }
      throw FormulaRefusal(
        argument: 1, reason: "is 0", expected: "a share above 0 and up to 1, such as 70%")
    })
}
