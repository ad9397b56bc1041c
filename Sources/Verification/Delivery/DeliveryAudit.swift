import Kernel

/// Holds a record of messages against what delivery can promise: nothing confirmed is lost, nothing
/// is applied twice, messages of a key are applied in the order of publication.
///
/// A message is *lost* to a subscription when its producer got a confirmation, and it was neither
/// applied nor set aside there by the end of the record. It is *duplicated* when it was applied more
/// than once there. It is *out of order* when it was first applied after a later message of its key
/// from the same producer had been. Run the audit when the system has come to rest: a message still
/// under way counts as lost.
public struct DeliveryAudit: Sendable, Equatable {
  /// One message that breaks a promise, at one subscription.
  public struct Case: Sendable, Hashable {
    /// The message's number.
    public let message: Int
    /// The subscription.
    public let subscription: Int
    /// When it went wrong: the second application, the late first one, or the confirmation.
    public let at: Instant
    /// The later message of its key that was applied before it, if it was out of order.
    public let overtakenBy: Int?
  }

  /// Confirmed messages that never arrived, in the order of publication.
  public private(set) var lost: [Case] = []
  /// Applications after the first, in order of time.
  public private(set) var duplicates: [Case] = []
  /// Messages first applied after a later one of their key, in order of time.
  public private(set) var reorderings: [Case] = []
  /// Messages without a confirmation or refusal that never arrived: nobody promised anything.
  public private(set) var unconfirmedLost = 0
  /// Messages refused to their producer that were applied all the same.
  public private(set) var refusedYetApplied = 0
  /// From hand-over to first application, in the order of application.
  public private(set) var latencies: [TimeSpan] = []
  /// Copies found set aside, each message and subscription counted once.
  public private(set) var setAside = 0

  /// Audits `history`.
  public init(_ history: DeliveryHistory) {
    let width = max(1, history.subscriptions)
    let places = history.messages.count * width
    var applied = [Bool](repeating: false, count: places)
    var aside = [Bool](repeating: false, count: places)
    var newest: [Lane: Int] = [:]
    for handling in history.handlings {
      let place = handling.message * width + handling.subscription
      switch handling.step {
      case .received: continue
      case .setAside:
        if !aside[place] { setAside += 1 }
        aside[place] = true
      case .applied:
        guard !applied[place] else {
          duplicates.append(Case(handling))
          continue
        }
        applied[place] = true
        let message = history.messages[handling.message]
        latencies.append(handling.at - message.publishedAt)
        if message.refusedAt != nil { refusedYetApplied += 1 }
        guard let key = message.key else { continue }
        let lane = Lane(
          key: key, producer: message.producer, subscription: handling.subscription)
        if let last = newest[lane], last > message.number {
          reorderings.append(Case(handling, overtakenBy: last))
        } else {
          newest[lane] = message.number
        }
      }
    }
    for message in history.messages where message.refusedAt == nil {
      for subscription in message.owedTo ?? Array(0..<width) {
        let place = message.number * width + subscription
        guard !applied[place], !aside[place] else { continue }
        guard let confirmed = message.confirmedAt else {
          unconfirmedLost += 1
          continue
        }
        lost.append(
          Case(
            message: message.number, subscription: subscription, at: confirmed, overtakenBy: nil))
      }
    }
  }

  /// Messages of one key by one producer, as one subscription sees them.
  private struct Lane: Hashable {
    let key: Int
    let producer: Int
    let subscription: Int
  }
}

extension DeliveryAudit.Case {
  init(_ handling: DeliveryHistory.Handling, overtakenBy: Int? = nil) {
    self.init(
      message: handling.message, subscription: handling.subscription, at: handling.at,
      overtakenBy: overtakenBy)
  }
}
