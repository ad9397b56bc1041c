import Kernel
import Testing

@testable import Patterns

/// The store against a model that keeps a whole map for every revision.
@Suite("etcd's state machine")
struct EtcdStateTests {
  struct Model {
    var maps: [[String: EtcdKeyValue]] = [[:], [:]]
    var compacted = 0

    var revision: Int { maps.count - 1 }

    mutating func apply(puts: [(String, String)], deletes: [String]) {
      var next = maps[revision]
      var hasChanged = false
      for (key, value) in puts {
        let old = next[key]
        next[key] = EtcdKeyValue(
          key: key, createRevision: old?.createRevision ?? maps.count, modRevision: maps.count,
          version: (old?.version ?? 0) + 1, value: value)
        hasChanged = true
      }
      for key in deletes where next.removeValue(forKey: key) != nil { hasChanged = true }
      if hasChanged { maps.append(next) }
    }

    func read(from first: String, to end: String, at revision: Int) -> [EtcdKeyValue] {
      maps[revision].values.filter { $0.key >= first && $0.key < end }.sorted { $0.key < $1.key }
    }
  }

  static let keys = ["a", "b", "c", "d", "e"]

  static func command(_ body: EtcdCommand.Body) -> EtcdCommand {
    EtcdCommand(id: .init(server: NodeID(0), epoch: .zero, number: 0), body: body)
  }

  @Test("reads of any revision agree with the model", arguments: 0..<40 as Range<UInt64>)
  func agrees(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "store")
    var state = EtcdState(minimumTTL: 2)
    var model = Model()
    for step in 0..<120 {
      let keys = Self.keys.filter { _ in random.chance(0.3) }
      let puts = keys.filter { _ in random.chance(0.6) }
      let deletes = keys.filter { !puts.contains($0) }
      if random.chance(0.05), model.revision > model.compacted {
        let target = model.compacted + 1 + random.below(model.revision - model.compacted)
        let result = state.apply(Self.command(.compact(target)))
        #expect((try? result.get()) != nil)
        model.compacted = target
      } else {
        let transaction = EtcdTransaction(
          if: [],
          then: puts.map { .put($0, "v\(step)") } + deletes.map { .delete(EtcdKeyRange($0)) })
        let result = state.apply(Self.command(.operation(.transaction(transaction))))
        #expect((try? result.get()) != nil)
        model.apply(puts: puts.map { ($0, "v\(step)") }, deletes: deletes)
      }
      #expect(state.store.revision == model.revision)
      checkRead(&random, state, model)
    }
  }

  private func checkRead(_ random: inout RandomStream, _ state: EtcdState, _ model: Model) {
    let revision = random.below(model.revision + 3)
    let ends = [Self.keys[random.below(5)], Self.keys[random.below(5)]].sorted()
    var request = EtcdRangeRequest(EtcdKeyRange(ends[0], .before(ends[1])))
    request.revision = revision
    let result = state.read(.range(request))
    if revision > model.revision {
      #expect(result == .failure(.futureRevision))
    } else if revision > 0 && revision < model.compacted {
      #expect(result == .failure(.compacted))
    } else {
      let at = revision == 0 ? model.revision : revision
      let expected = model.read(from: ends[0], to: ends[1], at: at)
      let response = EtcdRangeResponse(
        revision: model.revision, keyValues: expected, more: false, count: expected.count)
      #expect(result == .success(.range(response)))
    }
  }

  @Test("a lease takes its keys with it at one revision, and only those that are still its own")
  func revoke() throws {
    var state = EtcdState(minimumTTL: 2)
    func run(_ body: EtcdCommand.Body) throws -> EtcdResponse {
      try state.apply(Self.command(body)).get()
    }
    for lease in [1, 2] as [EtcdLeaseID] { _ = try run(.leaseGrant(lease, ttl: 5)) }
    for key in ["x", "y", "z"] { _ = try run(.operation(.put(key, "1", lease: 1))) }
    _ = try run(.operation(.put("y", "2", lease: 2)))
    _ = try run(.operation(.put("z", "2")))
    _ = try run(.operation(.put("w", "1", lease: 1)))
    let before = state.store.revision
    let response = try run(.leaseRevoke(1))
    #expect(response.revision == before + 1 && state.store.revision == before + 1)
    #expect(state.store.read(EtcdKeyRange("a", .onward)).map(\.key) == ["y", "z"])
    #expect(state.store.batches.last?.events.map(\.keyValue.key) == ["w", "x"])
    #expect(state.lease(2)?.keys == ["y"])
    #expect(state.apply(Self.command(.leaseRevoke(1))) == .failure(.leaseNotFound))
  }

  @Test("a refused transaction changes nothing")
  func atomic() {
    var state = EtcdState(minimumTTL: 2)
    var put = EtcdPutRequest("missing", "")
    put.ignoreValue = true
    let transaction = EtcdTransaction(if: [], then: [.put("a", "1"), .put(put)])
    let result = state.apply(Self.command(.operation(.transaction(transaction))))
    #expect(result == .failure(.keyNotFound))
    #expect(state.store.revision == 1 && state.store.read("a") == nil)
  }

  @Test("a transaction may not write a key twice, except in branches of which one is taken")
  func duplicates() {
    func refusal(_ operations: [EtcdOperation]) -> EtcdError? {
      EtcdOperation.transaction(EtcdTransaction(if: [], then: operations))
        .refusal(maxOperations: 3)
    }
    let nested = EtcdOperation.transaction(
      EtcdTransaction(if: [], then: [.put("a", "1")], else: [.put("a", "2")]))
    #expect(refusal([.put("a", "1"), .put("a", "2")]) == .duplicateKey)
    #expect(refusal([.delete(.prefix("a")), .put("ab", "2")]) == .duplicateKey)
    #expect(refusal([.delete(EtcdKeyRange("a")), .delete(EtcdKeyRange("a"))]) == nil)
    #expect(refusal([nested]) == nil)
    #expect(refusal([nested, .put("a", "3")]) == .duplicateKey)
    #expect(refusal([.put("a", "1"), .put("b", "1"), .put("c", "1")]) == nil)
    #expect(refusal((0..<4).map { .put("\($0)", "1") }) == .tooManyOperations)
    #expect(refusal([.put("", "1")]) == .emptyKey)
  }

  @Test("results are limited, sorted and counted")
  func ranges() throws {
    var state = EtcdState(minimumTTL: 2)
    for (key, value) in [("b", "2"), ("a", "3"), ("c", "1"), ("b", "9")] {
      _ = try state.apply(Self.command(.operation(.put(key, value)))).get()
    }
    var request = EtcdRangeRequest(.prefix(""))
    request.limit = 2
    func keys() throws -> ([String], Bool, Int) {
      guard case .range(let found) = try state.read(.range(request)).get() else {
        return ([], false, 0)
      }
      return (found.keyValues.map(\.key), found.more, found.count)
    }
    #expect(try keys() == (["a", "b"], true, 3))
    request.target = .mod
    request.order = .descending
    #expect(try keys() == (["b", "c"], true, 3))
    request.target = .value
    request.order = .none
    #expect(try keys() == (["c", "a"], true, 3))
    request.minModRevision = 4
    request.limit = 0
    #expect(try keys() == (["c", "b"], false, 3))
    request.countOnly = true
    #expect(try keys() == ([], false, 3))
  }
}
