import Kernel
import Patterns
import Recordings
import Testing

/// The recorded revisions, transactions and watches: our server must answer exactly the same.
@Suite("etcd as recorded: revisions, transactions, watches")
struct EtcdRevisionTests {
  @Test(
    "revisions and transactions",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("etcd-revision-and-txn"))
  func revisions(recording: Recording) throws {
    try replay(recording)
  }

  @Test(
    "watches and compaction",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("etcd-watch-and-compaction"))
  func watches(recording: Recording) throws {
    try replay(recording)
  }

  private func replay(_ recording: Recording) throws {
    var bench = EtcdBench(EtcdHost(size: recording.configuration["nodes"]?.integer ?? 1))
    try bench.warmUp(recording.setting)
    let steps = try #require(recording.steps.items)
    let rows = try #require(recording.observed.items)
    #expect(steps.count == rows.count)
    #expect(!rows.isEmpty)
    for (step, row) in zip(steps, rows) {
      let cells = try #require(row.items)
      let text = try #require(cells.first?.string)
      #expect(text == step.string)
      let expected = try #require(cells.last)
      let seen = try bench.run(text, echo: expected)
      #expect(
        seen.reply.agrees(with: expected),
        "\(text)\n  recorded \(expected)\n  ours     \(seen.reply)")
      if cells.count > 2 { #expect(cells[1].integer == seen.status, "status of \(text)") }
      if !seen.reply.agrees(with: expected) { break }
    }
    #expect(bench.host.violation == nil)
  }
}
