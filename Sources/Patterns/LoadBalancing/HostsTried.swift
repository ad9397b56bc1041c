/// The hosts that one request was already sent to: the last eight of them, without allocation.
public struct HostsTried: Sendable, Hashable {
  private var hosts = SIMD8<Int32>(repeating: -1)
  private var next = 0

  /// No host yet.
  public init() {}

  /// One host, or none for a number below 0.
  public init(_ host: Int32) { if host >= 0 { insert(Int(host)) } }

  /// Whether no host was tried.
  public var isEmpty: Bool { next == 0 }

  /// How many hosts were tried.
  public var count: Int { next }

  /// Whether `host` was tried.
  public func contains(_ host: Int) -> Bool {
    next > 0 && any(hosts .== SIMD8(repeating: Int32(host)))
  }

  /// Remembers `host`; the ninth host takes the place of the first.
  public mutating func insert(_ host: Int) {
    hosts[next & 7] = Int32(host)
    next += 1
  }
}
