/// A message of core NATS.
public struct NATSMessage: Sendable, Hashable {
  /// The subject it is published to.
  public var subject: String
  /// Where an answer is to go; nil is no request.
  public var reply: String?
  /// What it says.
  public var body: String
  /// Its size on the wire, in bytes.
  public var size: Int
  /// A status of the server's own, such as 503; nil for messages of clients.
  public var status: Int?

  /// A message; its size is that of its body unless given.
  public init(
    _ subject: String, _ body: String = "", reply: String? = nil, size: Int? = nil,
    status: Int? = nil
  ) {
    self.subject = subject
    self.body = body
    self.reply = reply
    self.size = size ?? body.utf8.count
    self.status = status
  }
}
