/// Waiting in front of equal servers with random arrivals and random service (M/M/c), exact.
///
/// Source: Erlang, "Solution of some problems in the theory of probabilities of significance in
/// automatic telephone exchanges" (1917).
struct ErlangC {
  /// Servers, at least one.
  let servers: Int
  /// Arrivals in the time that one service takes on average; below `servers`.
  let load: Double

  /// The share of customers who have to wait.
  var waitingShare: Double {
    // Erlang B by its recursion, which has no factorials to overflow.
    var blocked = 1.0
    for count in 1...servers { blocked = load * blocked / (Double(count) + load * blocked) }
    let utilisation = load / Double(servers)
    return blocked / (1 - utilisation * (1 - blocked))
  }

  /// The mean wait of all customers, in mean service times.
  var meanWait: Double { waitingShare / (Double(servers) - load) }
}
