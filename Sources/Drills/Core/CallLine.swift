/// Calls that wait in the order in which they came; a call that leaves early keeps its place until
/// its turn, and no longer counts.
struct CallLine: Sendable {
  /// How many calls wait that have not left.
  private(set) var count = 0
  private var calls: [Int] = []
  private var head = 0

  /// Puts a call at the end.
  mutating func append(_ call: Int) {
    calls.append(call)
    count += 1
  }

  /// Takes the first call out, whether it has left or not; whoever takes one that has not says so
  /// by `leave`.
  mutating func popFirst() -> Int? {
    guard head < calls.count else { return nil }
    let call = calls[head]
    head += 1
    if head > 1_024, head * 2 > calls.count {
      calls.removeFirst(head)
      head = 0
    }
    return call
  }

  /// Takes note that a call no longer waits.
  mutating func leave() { count -= 1 }

  /// Empties the line and returns the calls in it, those that have left included, oldest first.
  mutating func removeAll() -> [Int] {
    defer { self = CallLine() }
    return Array(calls[head...])
  }
}
