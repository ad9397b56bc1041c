import Kernel
import Patterns
import Simulation

/// How nodes of stores without a primary take inputs, and what their outputs mean.
extension StorePart {
  static func step(
    _ node: inout ConvergentStoreNode, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [ConvergentStoreNode.Output]
    switch input {
    case .started: outputs = node.step(.started, at: now)
    case .wake: outputs = node.step(.wake, at: now)
    case .received(.ask(let request), let client):
      outputs = node.step(.asked(request, from: client), at: now)
    case .received(.convergent(let message), let sender):
      outputs = node.step(.received(message, from: sender), at: now)
    case .received: return []
    }
    return outputs.map { output in
      switch output {
      case .reply(let reply, let client): .send(.answer(reply), to: client)
      case .send(let message, let target): .send(.convergent(message), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let data): .persist(.convergent(data))
      }
    }
  }
}
