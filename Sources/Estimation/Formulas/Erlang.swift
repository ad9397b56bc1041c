import Kernel

/// Equal servers without a queue (M/M/c/c): whoever finds all of them busy is turned away.
///
/// Source: Erlang, "Solution of some problems in the theory of probabilities of significance in
/// automatic telephone exchanges" (1917).
public enum ErlangB {
  /// The share of arrivals that find all servers busy.
  ///
  /// `load` is the number of arrivals during one mean service (erlangs), 0 or more; `servers` is
  /// a whole number, 1 or more. Right to about 1e-12 of itself; a share below 1e-290 counts as 0.
  public static func lossShare(load: Double, servers: Double) -> Double {
    guard load > 0 else { return 0 }
    // 1 / B = 1 + c/a + c(c-1)/a^2 + ... has positive terms only, and the ones that matter are
    // about c - a + 9 sqrt(c): no factorial to overflow and no walk through all servers.
    var sum = 1.0
    var term = 1.0
    var left = servers
    while left > 0 {
      term *= left / load
      sum += term
      left -= 1
      if sum > 1e290 { return 0 }
      if term < sum * 1e-17 { break }
    }
    return 1 / sum
  }

  /// The share turned away with one server more, from the share `loss` with fewer:
  /// `servers` counts the new one.
  public static func lossShare(load: Double, servers: Double, after loss: Double) -> Double {
    load * loss / (servers + load * loss)
  }
}

/// Waiting in front of equal servers with one queue (M/M/c): arrivals at random, service times
/// exponential, first come first served.
///
/// Times are counted in mean services, `load` in erlangs (arrivals during one mean service), and
/// `load` lies below `servers`, else the queue has no steady state.
///
/// Source: Erlang (1917), as for `ErlangB`.
public enum ErlangC {
  /// The share of arrivals that have to wait.
  public static func waitingShare(load: Double, servers: Double) -> Double {
    waitingShare(
      load: load, servers: servers, loss: ErlangB.lossShare(load: load, servers: servers))
  }

  /// The same from the share `loss` that would be turned away without a queue.
  public static func waitingShare(load: Double, servers: Double, loss: Double) -> Double {
    servers * loss / (servers - load * (1 - loss))
  }

  /// The mean wait of all arrivals, in mean services.
  public static func meanWait(load: Double, servers: Double) -> Double {
    waitingShare(load: load, servers: servers) / (servers - load)
  }

  /// The share of arrivals that wait for longer than `time`.
  ///
  /// Whoever waits does so for an exponential time of rate c - a, thus P(W > t) = C e^(-(c-a) t).
  public static func waitTail(
    beyond time: Double, load: Double, servers: Double, waitingShare: Double
  ) -> Double {
    waitingShare * PortableMath.exp(-(servers - load) * time)
  }

  /// The wait, in mean services, that the share `slow` of all arrivals exceeds; 0 where no more
  /// than that share waits at all.
  public static func wait(exceededBy slow: Double, load: Double, servers: Double) -> Double {
    let waiting = waitingShare(load: load, servers: servers)
    return waiting <= slow ? 0 : PortableMath.log(waiting / slow) / (servers - load)
  }
}

extension ErlangC {
  /// The share of arrivals whose wait and service together take longer than `time`.
  ///
  /// The wait and the service are independent, so that with d = c - a - 1
  /// P(T > t) = e^-t (1 + C (1 - e^(-d t)) / d), and e^-t (1 + C t) for d = 0.
  public static func responseTail(
    beyond time: Double, load: Double, servers: Double, waitingShare: Double
  ) -> Double {
    let service = PortableMath.exp(-time)
    let rest = servers - load - 1
    if rest == 0 { return service * (1 + waitingShare * time) }
    // Either form is the other one; each has its exponents below 0 where it is used.
    let waited =
      rest > 0
      ? service * -PortableMath.expm1(-rest * time) / rest
      : PortableMath.exp(-(servers - load) * time) * PortableMath.expm1(rest * time) / rest
    return service + waitingShare * waited
  }

  /// The response time, in mean services, that the share `slow` of all arrivals exceeds.
  ///
  /// Found by bisection to 1e-12 of itself.
  public static func response(exceededBy slow: Double, load: Double, servers: Double) -> Double {
    let waiting = waitingShare(load: load, servers: servers)
    // No response is shorter than its service, and none is in the slow share unless the service
    // or the wait is in the slower half of it.
    var low = -PortableMath.log(slow)
    let longWait = max(0, PortableMath.log(2 * waiting / slow)) / (servers - load)
    var high = low + PortableMath.log(2) + longWait
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      let tail = responseTail(
        beyond: middle, load: load, servers: servers, waitingShare: waiting)
      if tail > slow { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
