import Kernel

/// How many equal servers a promise about waiting takes (M/M/c).
///
/// Times are counted in mean services and `load` in erlangs, as in `ErlangC`. The results are
/// whole numbers, exact: one server fewer would break the promise.
public enum Staffing {
  /// The smallest number of servers that can keep up with `load` at all.
  public static func stable(load: Double) -> Double { load.rounded(.down) + 1 }

  /// The smallest number of servers of which no more than the share `waiting` of arrivals has to
  /// wait; the share lies above 0.
  public static func servers(load: Double, waiting: Double) -> Double {
    smallest(load: load) { _, share in share <= waiting }
  }

  /// The smallest number of servers with which no more than the share `slow` waits for longer
  /// than `time`; `slow` lies above 0.
  public static func servers(load: Double, slow: Double, waitWithin time: Double) -> Double {
    smallest(load: load) { servers, share in
      ErlangC.waitTail(beyond: time, load: load, servers: servers, waitingShare: share) <= slow
    }
  }

  /// The smallest number of servers with which no more than the share `slow` has a response
  /// longer than `time`; nil where the service alone takes longer than that too often.
  public static func servers(load: Double, slow: Double, responseWithin time: Double) -> Double? {
    guard PortableMath.exp(-time) < slow else { return nil }
    return smallest(load: load) { servers, share in
      ErlangC.responseTail(beyond: time, load: load, servers: servers, waitingShare: share)
        <= slow
    }
  }

  /// Adds servers until `isEnough`, which a larger number satisfies if a smaller one does.
  ///
  /// The promise is kept within some roots of the load above it, so few steps lead there.
  private static func smallest(
    load: Double, isEnough: (_ servers: Double, _ waitingShare: Double) -> Bool
  ) -> Double {
    var servers = stable(load: load)
    var loss = ErlangB.lossShare(load: load, servers: servers)
    while true {
      let share = ErlangC.waitingShare(load: load, servers: servers, loss: loss)
      if isEnough(servers, share) { return servers }
      servers += 1
      loss = ErlangB.lossShare(load: load, servers: servers, after: loss)
    }
  }
}
