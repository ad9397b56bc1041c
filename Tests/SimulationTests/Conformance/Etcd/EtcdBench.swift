import Recordings
import Foundation
import Kernel
import Patterns
import Simulation

/// Carries out recorded steps on a running cluster and writes down what comes of each.
struct EtcdBench: ~Copyable {
  var host: EtcdHost
  private var last: EtcdTransaction?

  init(_ host: consuming EtcdHost) {
    self.host = host
    self.host.settle()
  }

  /// Carries out the puts of a prose such as `put _w gives revision 2; then put k=1..10`.
  mutating func warmUp(_ prose: String) throws {
    var words = prose.split { " ;,:".contains($0) }.map(String.init)[...]
    while let place = words.firstIndex(of: "put"), place + 1 < words.endIndex {
      let operand = words[place + 1]
      words = words[(place + 2)...]
      let pair = operand.split(separator: "=", maxSplits: 1).map(String.init)
      let value = pair.count > 1 ? pair[1] : "1"
      let ends = value.components(separatedBy: "..").compactMap { Int($0) }
      let values = ends.count == 2 ? (ends[0]...ends[1]).map { "\($0)" } : [value]
      for value in values { try put(pair[0], value) }
    }
  }

  private mutating func put(_ key: String, _ value: String) throws {
    guard case .success = host.call(.operation(.put(key, value))).result else {
      throw EtcdStepReader.Unreadable(step: "put \(key)=\(value)", reason: "it failed")
    }
  }

  /// What a step came to.
  ///
  /// `echo` is what was recorded: prose steps leave values out, so those are taken from there.
  mutating func run(_ step: String, echo: JSONText) throws -> (status: Int, reply: JSONText) {
    if step.hasPrefix("watch ") { return (200, try watch(step, echo: echo)) }
    let request = try EtcdStepReader.request(step, last: last)
    if case .operation(.transaction(let transaction)) = request { last = transaction }
    switch host.call(request).result {
    case .success(let response): return (200, EtcdReply.json(response))
    case .failure(let error): return (error.httpStatus, EtcdReply.json(error))
    case .none: throw EtcdStepReader.Unreadable(step: step, reason: "no answer came")
    }
  }

  // MARK: Watches

  private mutating func watch(_ step: String, echo: JSONText) throws -> JSONText {
    let events = EtcdEcho(echo)
    let prose = try EtcdWatchStep(step, echo: events)
    let number = host.send(.watch(prose.request), to: host.leader ?? NodeID(0))
    host.pass(.milliseconds(300))
    for action in prose.actions {
      try perform(action, events)
      host.pass(.milliseconds(50))
    }
    // Writes that the prose does not list, but whose events were recorded.
    while let next = events.writes(after: revision) {
      for write in next { try put(write.key, write.value) }
      host.pass(.milliseconds(50))
    }
    host.pass(.milliseconds(300))
    _ = host.send(.cancelWatch(number), to: host.leader ?? NodeID(0))
    return .list(host.words(of: number).map(EtcdReply.json))
  }

  private var revision: Int {
    host.cluster.participants.compactMap { $0?.state.store.revision }.max() ?? 0
  }

  private mutating func perform(_ action: EtcdWatchStep.Action, _ echo: EtcdEcho) throws {
    let next = revision + 1
    let operation: EtcdOperation
    switch action {
    case .put(let key): operation = .put(key, echo.value(of: key, at: next))
    case .delete(let key): operation = .delete(EtcdKeyRange(key))
    case .transaction(let puts, let deletes):
      operation = .transaction(
        EtcdTransaction(
          if: [],
          then: puts.map { .put($0, echo.value(of: $0, at: next)) }
            + deletes.map { .delete(EtcdKeyRange($0)) }))
    }
    guard case .success = host.call(.operation(operation)).result else {
      throw EtcdStepReader.Unreadable(step: "\(action)", reason: "it failed")
    }
  }
}
