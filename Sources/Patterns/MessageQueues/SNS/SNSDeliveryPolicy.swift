import Kernel

/// How a topic tries a failed delivery again: at once, then at the shortest delay, then at growing
/// delays, then at the longest one, then never.
///
/// Source: Amazon SNS developer guide, sns-message-delivery-retries. The guide names four back-off
/// functions without their formulas: here `linear` grows by equal steps and `exponential` by equal
/// factors, both from `minDelayTarget` to `maxDelayTarget`. SNS adds jitter, which is left out.
public struct SNSDeliveryPolicy: Sendable, Hashable {
  /// How delays grow in the back-off phase.
  public enum BackoffFunction: String, Sendable, Hashable, CaseIterable {
    /// By equal steps.
    case linear
    /// By equal factors.
    case exponential
  }

  /// `numNoDelayRetries`: retries at once.
  public var numNoDelayRetries: Int
  /// `numMinDelayRetries`: retries before the back-off.
  public var numMinDelayRetries: Int
  /// `numRetries`: all retries.
  public var numRetries: Int
  /// `numMaxDelayRetries`: retries after the back-off.
  public var numMaxDelayRetries: Int
  /// `minDelayTarget`.
  public var minDelayTarget: TimeSpan
  /// `maxDelayTarget`.
  public var maxDelayTarget: TimeSpan
  /// `backoffFunction`.
  public var backoffFunction: BackoffFunction

  /// The policy that HTTP/S endpoints have unless told otherwise: three retries, 20 s apart.
  public init(
    numNoDelayRetries: Int = 0, numMinDelayRetries: Int = 0, numRetries: Int = 3,
    numMaxDelayRetries: Int = 0, minDelayTarget: TimeSpan = .seconds(20),
    maxDelayTarget: TimeSpan = .seconds(20), backoffFunction: BackoffFunction = .linear
  ) {
    self.numNoDelayRetries = numNoDelayRetries
    self.numMinDelayRetries = numMinDelayRetries
    self.numRetries = numRetries
    self.numMaxDelayRetries = numMaxDelayRetries
    self.minDelayTarget = minDelayTarget
    self.maxDelayTarget = maxDelayTarget
    self.backoffFunction = backoffFunction
  }

  /// SQS and Lambda: 3 at once, 2 after 1 s, 10 from 1 s to 20 s, 100,000 after 20 s, over 23 days.
  public static let awsManaged = SNSDeliveryPolicy(
    numNoDelayRetries: 3, numMinDelayRetries: 2, numRetries: 100_015,
    numMaxDelayRetries: 100_000, minDelayTarget: .seconds(1), maxDelayTarget: .seconds(20),
    backoffFunction: .exponential)

  /// Mail, SMS and mobile push: 2 after 10 s, 10 from 10 s to 600 s, 38 after 600 s, over 6 hours.
  public static let customerManaged = SNSDeliveryPolicy(
    numNoDelayRetries: 0, numMinDelayRetries: 2, numRetries: 50, numMaxDelayRetries: 38,
    minDelayTarget: .seconds(10), maxDelayTarget: .seconds(600), backoffFunction: .exponential)

  /// HTTP and HTTPS without a policy of their own.
  public static let http = SNSDeliveryPolicy()

  /// How many retries the back-off phase has.
  public var backoffRetries: Int {
    max(0, numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries)
  }

  /// How long to wait before retry `number`, counted from 1; nil when there is no such retry.
  public func delay(beforeRetry number: Int) -> TimeSpan? {
    guard number >= 1, number <= numRetries else { return nil }
    var place = number
    if place <= numNoDelayRetries { return .zero }
    place -= numNoDelayRetries
    if place <= numMinDelayRetries { return minDelayTarget }
    place -= numMinDelayRetries
    if place <= backoffRetries { return backoff(place) }
    return maxDelayTarget
  }

  private func backoff(_ place: Int) -> TimeSpan {
    guard backoffRetries > 1 else { return minDelayTarget }
    let share = Double(place - 1) / Double(backoffRetries - 1)
    let low = minDelayTarget.seconds
    let high = maxDelayTarget.seconds
    switch backoffFunction {
    case .linear: return TimeSpan(seconds: low + (high - low) * share)
    case .exponential: return TimeSpan(seconds: low * PortableMath.power(high / low, share))
    }
  }
}
