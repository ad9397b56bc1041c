import Kernel
import Patterns
import Testing

@Suite struct ResyncTests {
  /// Two histories of random rows that part somewhere, and what each has.
  private func parted(_ random: inout RandomStream) -> WALArchive {
    var log = WALArchive(segmentSize: 100_000)
    var row = 0
    func write(_ log: inout WALArchive, _ random: inout RandomStream, drops: Double) {
      row += 1
      let change: LoggedChange = random.chance(drops) ? .drop : .insert(row)
      log.write(change, transaction: row, bytes: 1 + random.below(30_000), at: .zero)
      if random.chance(0.1) { log.checkpoint() }
    }
    let drops = random.chance(0.3) ? 0.05 : 0
    for _ in 0..<(1 + random.below(60)) { write(&log, &random, drops: drops) }
    let fork = log.end
    for _ in 0..<random.below(30) { write(&log, &random, drops: drops) }
    _ = log.branch(from: 1, at: fork)
    for _ in 0..<random.below(60) { write(&log, &random, drops: drops) }
    return log
  }

  private func rows(_ records: [WALRecord]) -> [Int] {
    records.reduce(into: []) { rows, record in
      switch record.change {
      case .insert(let row): rows.append(row)
      case .drop, .damage: rows = []
      case .restorePoint: break
      }
    }
  }

  @Test(arguments: UInt64(1)...60) func afterwardsThereIsOneHistory(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "resync")
    let log = parted(&random)
    let expected = rows(log.records(of: 2).map(\.record))
    let alone = log.timelines[0].records.filter { $0.start >= log.timelines[1].branchedAt }
    for method in ResyncMethod.allCases {
      let result = Resync.run(method, target: 1, source: 2, in: log, dataBytes: 1e9)
      #expect(result.rows == expected)
      #expect(result.diverged == alone)
      #expect(result.checkpoint <= result.forkedAt)
    }
    #expect(
      (Resync.refusalToFollow(target: 1, source: 2, in: log) == nil) == alone.isEmpty)
  }

  @Test func aHistoryReplayedOverAnotherIsNeither() {
    var log = WALArchive()
    for row in 1...3 { log.write(.insert(row), transaction: row, bytes: 200, at: .zero) }
    _ = log.branch(from: 1, at: 400)
    log.write(.insert(4), transaction: 4, bytes: 200, at: .zero)
    let healthy = Resync.run(.rewind, target: 1, source: 2, in: log, dataBytes: 1e9)
    #expect(healthy.rows == [1, 2, 4])
    #expect(healthy.copiedBytes == 8_192)
    let merged = Resync.run(
      .rewind, target: 1, source: 2, in: log, dataBytes: 1e9, shortcut: .keepsDiverged)
    #expect(merged.rows == [1, 2, 3])
  }
}

@Suite struct CommitGateTests {
  @Test func aSynchronousCommitWaitsForItsCopy() {
    var gate = CommitGate(.synchronous)
    gate.wrote(at: .zero)
    gate.wrote(at: .zero + .milliseconds(1))
    #expect(gate.answered == 0)
    gate.received(2, at: .zero + .milliseconds(5))
    gate.received(1, at: .zero + .milliseconds(9))
    #expect(gate.answered == 2)
    #expect(gate.meanWait == TimeSpan(seconds: 0.0045))
    #expect(gate.checkInvariants() == nil)
  }

  @Test func anAsynchronousOneDoesNot() {
    var gate = CommitGate(.asynchronous)
    gate.wrote(at: .zero)
    #expect(gate.answered == 1 && gate.copied == 0 && gate.meanWait == .zero)
  }

  @Test func answeringEarlyIsSeen() {
    var gate = CommitGate(.synchronous, shortcut: .answersEarly)
    gate.wrote(at: .zero)
    #expect(gate.checkInvariants() != nil)
  }
}
