import Kernel

/// A count of calls to one dependency: no more at a time than there are permits.
///
///     call ── a permit is free ──▶ inside ── ended ──▶ permit to the oldest who waits
///       ├──── none, wait > 0 ────▶ waits, at most so long, on its own thread
///       └──── none, wait = 0 ────▶ refused at once
///
/// The call runs on the caller's thread, and so does the wait for a permit: **a semaphore bounds how many
/// threads a dependency can hold, but a wait holds a thread too.**
///
/// **Permits out never exceed `maxConcurrentCalls`; whoever waits longest is next.**
///
/// Source: github.com/resilience4j/resilience4j bulkhead/BulkheadConfig.java @af9e7c97.
public struct SemaphoreBulkhead: Sendable, Hashable {
  /// What became of a call that asked for a permit.
  public enum Decision: Sendable, Hashable {
    /// It may go on.
    case permitted
    /// It waits, and gives up at this instant.
    case waits(until: Instant)
    /// The bulkhead is full.
    case refused
  }

  /// Calls at a time.
  public let maxConcurrentCalls: Int
  /// The longest wait for a permit.
  public let maxWaitDuration: TimeSpan
  /// The most calls that may wait; Polly's limiter has such a bound, resilience4j has not.
  public let queueLimit: Int
  /// Permits that are out.
  public private(set) var inUse = 0
  private var line: [Int] = []

  /// A bulkhead that nobody uses yet.
  public init(maxConcurrentCalls: Int, maxWaitDuration: TimeSpan = .zero, queueLimit: Int = .max) {
    precondition(maxConcurrentCalls > 0, "a bulkhead lets at least one call in")
    self.maxConcurrentCalls = maxConcurrentCalls
    self.maxWaitDuration = maxWaitDuration
    self.queueLimit = queueLimit
  }

  /// Calls that wait for a permit.
  public var waiting: Int { line.count }

  /// Asks for a permit for a call.
  public mutating func acquire(_ call: Int, at now: Instant) -> Decision {
    if inUse < maxConcurrentCalls, line.isEmpty {
      inUse += 1
      return .permitted
    }
    guard maxWaitDuration > .zero, line.count < queueLimit else { return .refused }
    line.append(call)
    return .waits(until: now + maxWaitDuration)
  }

  /// A call no longer waits for its permit; false when it was not waiting.
  public mutating func leave(_ call: Int) -> Bool {
    guard let place = line.firstIndex(of: call) else { return false }
    line.remove(at: place)
    return true
  }

  /// Takes a permit back; returns the call that gets it, if one waits.
  public mutating func release() -> Int? {
    precondition(inUse > 0, "a permit is given back once")
    if line.isEmpty {
      inUse -= 1
      return nil
    }
    return line.removeFirst()
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if inUse > maxConcurrentCalls || inUse < 0 {
      return InvariantViolation("permits", witness: "\(inUse) of \(maxConcurrentCalls) are out")
    }
    if !line.isEmpty, inUse < maxConcurrentCalls {
      return InvariantViolation(
        "permits", witness: "\(line.count) calls wait, and a permit is free")
    }
    return nil
  }
}
