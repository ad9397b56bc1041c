import Kernel

/// What a gateway writes down: a record for each request, or for some of them.
///
/// Records cost, and most say that all went well. A sample of all of them loses what is rare, and what
/// is rare is what one looks for; a sample of the good ones alone loses nothing that was refused.
///
/// **Each request that has ended is a record or is counted among those left out.**
public struct AccessLog: Sendable, Equatable {
  /// What is kept.
  public struct Options: Sendable, Hashable {
    /// The share of requests that is written down, from 0 to 1.
    public var sample = 1.0
    /// Whether every answer of 400 and above is written down, whatever the share.
    public var keepsErrors = true

    /// Everything.
    public init() {}
  }

  /// One record.
  public struct Record: Sendable, Hashable {
    /// When the request ended.
    public let at: Instant
    /// The node that answered.
    public let gateway: Int
    /// Who asked, as far as the gateway knows.
    public let consumer: String
    /// The path asked for.
    public let path: String
    /// The status of the answer.
    public let status: Int
    /// Where the answer came from, or why there was none.
    public let detail: String
    /// The time from the request's arrival to its answer.
    public let took: TimeSpan

    /// A record.
    public init(
      at: Instant, gateway: Int, consumer: String, path: String, status: Int, detail: String,
      took: TimeSpan
    ) {
      self.at = at
      self.gateway = gateway
      self.consumer = consumer
      self.path = path
      self.status = status
      self.detail = detail
      self.took = took
    }
  }

  /// What is kept.
  public let options: Options
  /// The records kept last, oldest first, at most `shown` of them.
  public private(set) var last: [Record] = []
  /// The most records that are held for a look at them.
  public let shown: Int
  /// Records kept since the start.
  public private(set) var keptCount = 0
  /// Requests that the sample left out.
  public private(set) var leftOutCount = 0
  /// Answers of 400 and above.
  public private(set) var errorCount = 0
  /// Of these, the ones with a record.
  public private(set) var keptErrorCount = 0

  /// An empty log.
  public init(_ options: Options = Options(), shown: Int = 100) {
    self.options = options
    self.shown = shown
  }

  /// Writes down a request that has ended, or counts it among those left out.
  public mutating func note(_ record: @autoclosure () -> Record, status: Int, draw: Double) {
    let isError = status >= 400
    errorCount += isError ? 1 : 0
    guard draw < options.sample || (isError && options.keepsErrors) else {
      return leftOutCount += 1
    }
    keptCount += 1
    keptErrorCount += isError ? 1 : 0
    guard shown > 0 else { return }
    if last.count == shown { last.removeFirst() }
    last.append(record())
  }
}
