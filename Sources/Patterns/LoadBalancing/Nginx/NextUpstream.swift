import Kernel

/// Which failed requests nginx sends to another server: `proxy_next_upstream` and its limits.
///
/// A status that is not listed is an answer like any other. A request that may change something
/// (POST, LOCK, PATCH) is not repeated once it was sent, unless that is asked for.
///
/// Source: nginx.org, module ngx_http_proxy_module, `proxy_next_upstream`.
public struct NextUpstream: Sendable, Hashable {
  /// How a try ended.
  public enum Ending: Sendable, Hashable {
    /// The connection could not be made: nothing was sent.
    case refused
    /// The connection broke after the request was sent.
    case closed
    /// The server took too long after the request was sent.
    case timedOut
    /// It answered with a status.
    case status(Int)
  }

  /// Whether connections that fail or break are tried elsewhere.
  public var isErrorNext = true
  /// Whether timeouts are tried elsewhere.
  public var isTimeoutNext = true
  /// The statuses that are tried elsewhere, of 403, 404, 429 and the 5xx.
  public var statuses: Set<Int> = []
  /// Whether requests that may change something are tried elsewhere after they were sent.
  public var isNonIdempotentNext = false
  /// The most tries of a request, 0 for as many as there are servers.
  public var tries = 0
  /// The time after which no new try begins, zero for none.
  public var timeout = TimeSpan.zero

  /// nginx's default: `error timeout`.
  public init() {}

  /// Reads the words of the directive; nil when one is not known.
  public init?(words: [String]) {
    isErrorNext = false
    isTimeoutNext = false
    for word in words {
      switch word {
      case "error": isErrorNext = true
      case "timeout": isTimeoutNext = true
      case "non_idempotent": isNonIdempotentNext = true
      case "off": return
      case "invalid_header": break
      default:
        guard word.hasPrefix("http_"), let status = Int(word.dropFirst(5)) else { return nil }
        statuses.insert(status)
      }
    }
  }

  /// Whether the request is tried elsewhere after its try number `attempt`, from 1, ended so.
  public func repeats(
    after ending: Ending, method: String, attempt: Int, elapsed: TimeSpan = .zero
  ) -> Bool {
    if tries > 0, attempt >= tries { return false }
    if timeout > .zero, elapsed >= timeout { return false }
    let isListed: Bool
    let isSent: Bool
    switch ending {
    case .refused: (isListed, isSent) = (isErrorNext, false)
    case .closed: (isListed, isSent) = (isErrorNext, true)
    case .timedOut: (isListed, isSent) = (isTimeoutNext, true)
    case .status(let status): (isListed, isSent) = (statuses.contains(status), true)
    }
    let mayChange = method == "POST" || method == "LOCK" || method == "PATCH"
    return isListed && (!isSent || !mayChange || isNonIdempotentNext)
  }

  /// Whether a try that ended so counts against its server (`max_fails`).
  ///
  /// Errors and timeouts always do, 403 and 404 never, other statuses when they are listed.
  public func isFailure(_ ending: Ending) -> Bool {
    switch ending {
    case .refused, .closed, .timedOut: true
    case .status(let status): status != 403 && status != 404 && statuses.contains(status)
    }
  }
}
