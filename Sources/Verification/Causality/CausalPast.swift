/// What happened before what, by vector clocks over the sessions.
struct CausalPast {
  private let operations: [VersionedOperation]
  private let sessions: [[Int]]
  /// The session of each operation, and its place there.
  private var places: [(session: Int, place: Int)]
  /// For each operation and session, how many of the session's operations are in its past; the
  /// operation itself counts.
  private var clocks: [Int32]
  /// The places of the writes of each session to each key.
  private var writes: [[Datum: [Int]]]

  /// Nil when operations cause each other in a circle.
  init?(_ operations: [VersionedOperation], _ readFrom: ReadFrom) {
    self.operations = operations
    sessions = Parts.grouped(operations, by: \.session)
    places = Array(repeating: (0, 0), count: operations.count)
    writes = Array(repeating: [:], count: sessions.count)
    for (session, indices) in sessions.enumerated() {
      for (place, index) in indices.enumerated() {
        places[index] = (session, place)
        if operations[index].kind == .write {
          writes[session][operations[index].key, default: []].append(place)
        }
      }
    }
    clocks = Array(repeating: 0, count: operations.count * sessions.count)
    guard setClocks(readFrom.successors(operations)) else { return nil }
  }

  /// Goes through the operations, causes first; says whether it came to the end.
  private mutating func setClocks(_ successors: [[Int]]) -> Bool {
    var causes = [Int](repeating: 0, count: operations.count)
    for successor in successors.joined() { causes[successor] += 1 }
    var ready = operations.indices.filter { causes[$0] == 0 }
    var count = 0
    while let index = ready.popLast() {
      count += 1
      let own = index * sessions.count
      clocks[own + places[index].session] = Int32(places[index].place + 1)
      for successor in successors[index] {
        for session in sessions.indices {
          let place = successor * sessions.count + session
          clocks[place] = max(clocks[place], clocks[own + session])
        }
        causes[successor] -= 1
        if causes[successor] == 0 { ready.append(successor) }
      }
    }
    return count == operations.count
  }

  /// Whether `cause` is in the past of `effect`, which is another operation.
  func precedes(_ cause: Int, _ effect: Int) -> Bool {
    clocks[effect * sessions.count + places[cause].session] > places[cause].place
  }

  /// The last write of each session to the key of `read` in the past of `read`.
  func lastWrites(before read: Int) -> [Int] {
    sessions.indices.compactMap { session in
      guard let known = writes[session][operations[read].key] else { return nil }
      let limit = Int(clocks[read * sessions.count + session])
      var low = 0
      var high = known.count
      while low < high {
        let middle = (low + high) / 2
        if known[middle] < limit { low = middle + 1 } else { high = middle }
      }
      return low > 0 ? sessions[session][known[low - 1]] : nil
    }
  }
}
