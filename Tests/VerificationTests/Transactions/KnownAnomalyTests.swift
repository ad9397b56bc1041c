import Testing
import Verification

/// Histories of the literature: Adya's, and those of Elle's paper and test-suite
/// (jepsen-io/elle, test/elle/list_append_test.clj).
@Suite struct KnownAnomalyTests {
  typealias Kind = TransactionAnomaly.Kind

  private func kinds(_ history: OperationHistory<ListTransaction>) -> [Kind] {
    (Serializability.check(history).witness ?? []).map(\.kind)
  }

  @Test("clean histories have no anomalies")
  func clean() {
    #expect(Serializability.check(Shorthand.history()).holds)
    #expect(Serializability.check(Shorthand.history("ax1", "rx1", "ax2", "rx12")).holds)
    #expect(Serializability.check(Shorthand.history("rx", "ax1", "ax2")).holds)
    // Adya, Liskov and O'Neil (2000), figure 3: serializable.
    #expect(
      Serializability.check(Shorthand.history("az1ax1ay1", "rx1ay2", "ry12az3", "rz13")).holds)
  }

  @Test("G0: two transactions overwrite each other in opposite orders")
  func writeCycle() throws {
    let history = Shorthand.history("ax1ay1", "ax2ay2", "rx12ry21")
    #expect(kinds(history) == [.g0])
    let anomaly = try #require(Serializability.check(history).witness?.first)
    #expect(
      anomaly.proof == [
        "T0 < T1, because T1 appended 2 to \"x\" after T0 appended 1.",
        "However, T1 < T0, because T0 appended 1 to \"y\" after T1 appended 2: a contradiction.",
      ])
  }

  @Test("G1a: a read of what an aborted transaction appended")
  func abortedRead() {
    #expect(kinds(Shorthand.history("!ax1", "rx1ax2", "rx12")) == [.g1a])
  }

  @Test("G1b: a read of what a transaction appended in between, and so G-single too")
  func intermediateRead() {
    #expect(kinds(Shorthand.history("ax1ax2", "rx1")) == [.g1b, .gSingle])
    #expect(kinds(Shorthand.history("ax1rx1ax2")).isEmpty)
  }

  @Test("G1c: information flows in a circle")
  func circularFlow() {
    #expect(kinds(Shorthand.history("ax1ry1", "ax2ay1", "rx12ry1")) == [.g1c])
    #expect(kinds(Shorthand.history("ax1ry1", "rx1ay1")) == [.g1c])
  }

  @Test("G-single: a transaction sees one effect of another and misses a second")
  func readSkew() {
    #expect(kinds(Shorthand.history("ax1ay1", "ax2ry", "rx12")) == [.gSingle])
    #expect(kinds(Shorthand.history("ax1ay1", "rx1ry")) == [.gSingle])
  }

  @Test("write skew: two transactions miss what the other appends, on different lists")
  func writeSkew() throws {
    let history = Shorthand.history("rxay1", "ryax1", "rx1ry1")
    #expect(kinds(history) == [.writeSkew])
    let anomaly = try #require(Serializability.check(history).witness?.first)
    #expect(
      anomaly.proof == [
        "T1 < T0, because T1 read \"y\" when it was empty, without T0's append of 1.",
        "However, T0 < T1, because T0 read \"x\" when it was empty, without T1's append of 1: "
          + "a contradiction.",
      ]
        || anomaly.proof == [
          "T0 < T1, because T0 read \"x\" when it was empty, without T1's append of 1.",
          "However, T1 < T0, because T1 read \"y\" when it was empty, without T0's append of 1: "
            + "a contradiction.",
        ])
    #expect(kinds(Shorthand.history("ax1ry", "ay1rx")) == [.writeSkew])
  }

  @Test("G2-item: three transactions miss each other's appends in a circle")
  func antiDependencyCycle() {
    #expect(kinds(Shorthand.history("rxay1", "ryaz1", "rzax1")) == [.g2Item])
  }

  @Test("lost update: two transactions read one version and both append")
  func lostUpdate() {
    #expect(kinds(Shorthand.history("rxax1", "rxax2", "rx12")) == [.lostUpdate, .gSingle])
    #expect(kinds(Shorthand.history("rxax1", "rxax2")).first == .lostUpdate)
    #expect(kinds(Shorthand.history("rxax1", "rx1ax2", "rx12")).isEmpty)
  }

  @Test("lists show what no isolation allows")
  func malformedReads() {
    #expect(kinds(Shorthand.history("rx7")) == [.garbageRead])
    #expect(kinds(Shorthand.history("ax1", "rx11")) == [.duplicateElement])
    #expect(kinds(Shorthand.history("ax1", "ax2", "ax3", "rx13", "rx123")) == [.incompatibleOrder])
    #expect(kinds(Shorthand.history("ax1rx")) == [.internalInconsistency])
    #expect(kinds(Shorthand.history("rx1ax1")) == [.internalInconsistency])
    #expect(kinds(Shorthand.history("ax0", "ax1rx01ax2rx012")).isEmpty)
  }

  @Test("a transaction of unknown outcome counts when its append was seen, and never by its reads")
  func unknownOutcome() {
    #expect(kinds(Shorthand.history("?ax2ry", "ax1ay1", "rx12ry1")).isEmpty)
    #expect(kinds(Shorthand.history("?ax1ay1", "rx1ry")) == [.gSingle])
    #expect(kinds(Shorthand.history("?ax1ay1", "rxry")).isEmpty)
  }

  @Test("what is appended twice cannot be told apart")
  func repeatedAppend() {
    guard case .unknown(let reason) = Serializability.check(Shorthand.history("ax1", "ax1")) else {
      Issue.record("a verdict without distinct elements")
      return
    }
    #expect(reason.contains("1 is appended to \"x\" more than once"))
  }
}
