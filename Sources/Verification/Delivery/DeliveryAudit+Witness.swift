import Kernel

extension DeliveryAudit {
  /// What a record can be held against.
  public enum Promise: String, Sendable, Hashable, CaseIterable {
    /// Nothing confirmed is lost.
    case noLoss = "no confirmed message is lost"
    /// Nothing is applied twice.
    case noDuplicate = "no message is applied twice"
    /// Messages of a key are applied in order.
    case inOrder = "messages of a key are applied in order"
  }

  /// The messages that break `promise`.
  public func cases(against promise: Promise) -> [Case] {
    switch promise {
    case .noLoss: lost
    case .noDuplicate: duplicates
    case .inOrder: reorderings
    }
  }

  /// The story of the first message that breaks `promise`, a sentence each; empty when it holds.
  ///
  /// `name` is what people call a message, `part` what they call a consumer or producer.
  public func witness(
    against promise: Promise, in history: DeliveryHistory,
    name: (DeliveryHistory.Message) -> String, consumer: (Int) -> String
  ) -> [String] {
    guard let first = cases(against: promise).first else { return [] }
    let message = history.messages[first.message]
    var sentences = ["\(name(message)) was published at \(message.publishedAt)."]
    if let confirmed = message.confirmedAt {
      sentences.append("The producer got its confirmation at \(confirmed).")
    }
    var told = 0
    for handling in history.handlings
    where handling.message == first.message && handling.subscription == first.subscription {
      guard handling.at <= first.at || promise == .noLoss, told < 6 else { break }
      told += 1
      let who = consumer(handling.consumer)
      switch handling.step {
      case .received: sentences.append("\(who) was handed it at \(handling.at).")
      case .applied: sentences.append("\(who) applied it at \(handling.at).")
      case .setAside: sentences.append("It was set aside at \(handling.at).")
      }
    }
    switch promise {
    case .noLoss: sentences.append("Nobody applied it by the end of the run.")
    case .noDuplicate: sentences.append("So it took effect twice.")
    case .inOrder:
      if let later = first.overtakenBy {
        sentences.append(
          "\(name(history.messages[later])), a later message of the same key, "
            + "had been applied before it.")
      }
    }
    return sentences
  }
}
