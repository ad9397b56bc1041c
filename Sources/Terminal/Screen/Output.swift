import Glibc

/// A descriptor that text is written to, whole.
///
/// When its reader has gone (`| head`), what is written is dropped and `isLost` says so; the
/// signal that would end the program is ignored from the first `Output` on.
public struct Output {
  /// The descriptor.
  public let descriptor: Int32
  /// Whether nobody reads any more.
  public private(set) var isLost = false
  /// Whether something could not be written for another reason: the disk is full.
  public private(set) var hasFailed = false

  private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

  /// Writes to `descriptor`.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
    Self.ignoresBrokenPipes
  }

  /// Writes all of `text`, waiting where the reader is slow.
  public mutating func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, !isLost {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        isLost = true
        hasFailed = errno != EPIPE
      }
    }
  }
}
