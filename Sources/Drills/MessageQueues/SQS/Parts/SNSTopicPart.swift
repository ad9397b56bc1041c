import Kernel
import Patterns

/// The SNS topic as a process: it answers publishers and hands copies to the queues.
struct SNSTopicPart: Sendable, Equatable {
  var topic: SNSTopic<DomainEvent>
  /// The queue of each subscription.
  let queues: [NodeID]

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .started: carryOut(.restarted, for: nil, at: now, &outputs)
    case .timer: carryOut(.wake, for: nil, at: now, &outputs)
    case .received(.publish(let entry, let request), let publisher):
      carryOut(.publish(entry, request: request), for: publisher, at: now, &outputs)
    case .received(.taken(let copy), _):
      carryOut(.delivered(copy), for: nil, at: now, &outputs)
    case .received, .told: break
    }
  }

  private mutating func carryOut(
    _ input: SNSTopic<DomainEvent>.Input, for publisher: NodeID?, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    outputs.append(.persist(.topic(input, at: now)))
    for output in topic.step(input, at: now) {
      switch output {
      case .published(_, let isDuplicate, let request):
        if let publisher { outputs.append(.send(.accepted(request: request), to: publisher)) }
        guard case .publish(let entry, _) = input else { continue }
        outputs.append(.answer(isDuplicate ? .repeated(entry.body) : .published(entry.body)))
      case .refused(let refusal, let request):
        if let publisher {
          outputs.append(.send(.rejected(refusal, request: request), to: publisher))
        }
      case .deliver(let copy, let entry, let subscription, _):
        let message = SQSEntry(
          entry.body, group: entry.group, deduplication: entry.deduplication)
        outputs.append(.send(.hand(message, copy: copy), to: queues[subscription]))
      case .gaveUp(let entry, let subscription, _, _):
        outputs.append(.answer(.gaveUp(entry.body, subscription: subscription)))
      case .wakeMe(let instant): outputs.append(.wakeMe(instant, timer: 0))
      }
    }
  }
}
