import Kernel

/// What a run of queues shows about guarantees beyond delivery itself.
enum SQSFindings {
  static let onlyPoison = "only messages that cannot be worked on are set aside"
  static let receiveLimit = "no message is received more often than maxReceiveCount"

  /// The witness against "only poison is set aside", or that it holds.
  static func onlyPoison(_ cases: [SQSTally.SetAside]) -> Finding {
    guard let first = cases.first(where: { !$0.isPoison }) else {
      return Finding(onlyPoison, .holds)
    }
    let count = cases.count { !$0.isPoison }
    var witness = [
      "Message \(first.number) was received \(first.receives) times and set aside at "
        + "\(first.at).",
      "Nothing is wrong with it: work on it succeeds whenever it is given the time.",
    ]
    if count > 1 { witness.append("\(count - 1) more of the kind.") }
    return Finding(onlyPoison, .violated(witness: witness))
  }

  /// The witness against the receive limit, or that it holds; nil when there is no limit.
  static func receiveLimit(_ limit: Int, _ receipts: [SQSTally.Receipt]) -> Finding? {
    guard limit > 0 else { return nil }
    var counts: [SQSTally.Place: Int] = [:]
    for receipt in receipts {
      let count = counts[receipt.place, default: 0] + 1
      counts[receipt.place] = count
      guard count > limit else { continue }
      return Finding(
        receiveLimit,
        .violated(witness: [
          "Message \(receipt.place.number) was handed to a worker for the \(count)th time at "
            + "\(receipt.at).", "maxReceiveCount is \(limit).",
        ]))
    }
    return Finding(receiveLimit, .holds)
  }
}

/// What the driver of a run counts beside the history of deliveries.
struct SQSTally: Sendable {
  /// A message in one queue.
  struct Place: Sendable, Hashable {
    let number: Int
    let subscription: Int
  }

  /// A message handed to a worker.
  struct Receipt: Sendable {
    let place: Place
    let at: Instant
  }

  /// A message that a queue set aside.
  struct SetAside: Sendable {
    let number: Int
    let receives: Int
    let isPoison: Bool
    let at: Instant
  }

  var receipts: [Receipt] = []
  var setAside: [SetAside] = []
  var redeliveries = 0
  var retries = 0
  var expired = 0
  /// How long workers worked, while producers sent.
  var busy = TimeSpan.zero

  /// Receipts for each message that was ever received.
  var receivesPerMessage: Double? {
    let places = Set(receipts.map(\.place)).count
    return places == 0 ? nil : Double(receipts.count) / Double(places)
  }
}
