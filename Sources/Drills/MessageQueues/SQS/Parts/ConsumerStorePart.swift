import Kernel
import Patterns

/// A consumer's database as a process.
struct ConsumerStorePart: Sendable, Equatable {
  enum Reply: Sendable, Equatable {
    case result(ConsumerDatabase.Result)
    case noted(Bool)
  }

  var database: ConsumerDatabase

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    guard case .received(.store(let call, let request), let worker) = input else { return }
    outputs.append(.persist(.store(call)))
    switch carryOut(call) {
    case .result(let result):
      outputs.append(.answer(.stored(call.event, result, worker: worker)))
      outputs.append(.send(.stored(result, request: request), to: worker))
    case .noted(let isNew):
      outputs.append(.send(.noted(isNew: isNew, request: request), to: worker))
    }
  }

  mutating func carryOut(_ call: ConsumerCall) -> Reply {
    switch call {
    case .apply(let event, let state): .result(database.apply(event, state: state))
    case .load(let event, let version, let state):
      .result(database.load(event, version: version, state: state))
    case .note(let event): .noted(database.note(event.id))
    case .carryOut(let event, let state): .result(database.carryOut(event, state: state))
    }
  }
}

extension ConsumerCall {
  var event: DomainEvent {
    switch self {
    case .apply(let event, _), .load(let event, _, _), .note(let event), .carryOut(let event, _):
      event
    }
  }
}
