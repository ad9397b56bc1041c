/// An error of JetStream's API, with its code (nats-server, server/errors.json).
public struct JetStreamError: Error, Sendable, Hashable {
  /// The code.
  public let code: Int
  /// What the server says.
  public let text: String

  /// An error.
  public init(_ code: Int, _ text: String) {
    self.code = code
    self.text = text
  }

  static func wrongLastSequence(_ last: Int) -> JetStreamError {
    JetStreamError(10_071, "wrong last sequence: \(last)")
  }

  static func wrongLastMsgID(_ last: String) -> JetStreamError {
    JetStreamError(10_070, "wrong last msg ID: \(last)")
  }

  static let otherStream = JetStreamError(10_060, "expected stream does not match")
  static let tooLarge = JetStreamError(10_054, "message size exceeds maximum allowed")
  static let maxMsgs = JetStreamError(10_077, "maximum messages exceeded")
  static let maxBytes = JetStreamError(10_077, "maximum bytes exceeded")
  static let noStream = JetStreamError(10_059, "stream not found")
  static let noConsumer = JetStreamError(10_014, "consumer not found")
  static let noMessage = JetStreamError(10_043, "no message found")
  static let streamExists = JetStreamError(
    10_058, "stream name already in use with a different configuration")
  static let subjectsOverlap = JetStreamError(10_065, "subjects overlap with an existing stream")
  static let needsExplicitAck = JetStreamError(10_098, "workqueue stream requires explicit ack")
  static let unfilteredNotUnique = JetStreamError(
    10_099, "multiple non-filtered consumers not allowed on workqueue stream")
  static let filterNotUnique = JetStreamError(
    10_100, "filtered consumer not unique on workqueue stream")
  static let mustDeliverAll = JetStreamError(
    10_101, "consumer must be deliver all on workqueue stream")
  static let backOffTooLong = JetStreamError(
    10_116, "max deliver is required to be > length of backoff values")
}
