import Kernel

extension ConsulServer {
  /// Takes a request from an agent, a caller or another server.
  mutating func take(
    _ request: ConsulRequest, from caller: Caller, at now: Instant, _ outputs: inout [Output]
  ) {
    switch request {
    case .write(let command):
      write(command, for: .write(caller, command), at: now, &outputs)
    case .nodeServices: read(request, mode: .standard, for: caller, at: now, &outputs)
    case .health(let query): read(request, mode: query.mode, for: caller, at: now, &outputs)
    }
  }

  /// Proposes a command for somebody, or for the leader itself.
  mutating func write(
    _ command: ConsulCommand, for purpose: Purpose, at now: Instant, _ outputs: inout [Output]
  ) {
    let (ticket, events) = replica.write(command, at: now)
    purposes[ticket] = purpose
    follow(events, at: now, &outputs)
  }

  private mutating func read(
    _ request: ConsulRequest, mode: ConsulReadMode, for caller: Caller, at now: Instant,
    _ outputs: inout [Output]
  ) {
    switch mode {
    case .stale: answer(request, to: caller, at: now, &outputs)
    case .standard:
      if replica.isLeader {
        answer(request, to: caller, at: now, &outputs)
      } else {
        forward(request, for: caller, at: now, &outputs)
      }
    case .consistent:
      let (ticket, events) = replica.read(at: now)
      purposes[ticket] = .read(caller, request)
      follow(events, at: now, &outputs)
    }
  }

  /// Passes a read on to the leader, or holds it until there is one.
  private mutating func forward(
    _ request: ConsulRequest, for caller: Caller, at now: Instant, _ outputs: inout [Output]
  ) {
    nextNumber += 1
    let item = Forwarded(number: nextNumber, caller: caller, request: request)
    timers.set(.forward(nextNumber), at: now + options.rpcHoldTimeout + patience(of: request))
    guard let leader = replica.raft.leader, leader != me else {
      held.append(item)
      return
    }
    forwarded.append(item)
    outputs.append(.call(item.number, request, server: leader))
  }

  /// A blocking query may rightly take as long as it asked to wait.
  private func patience(of request: ConsulRequest) -> TimeSpan {
    guard case .health(let query) = request, query.index > 0 else { return .zero }
    return query.wait + query.wait / 16
  }

  /// There is a leader (again): what was held goes to it.
  mutating func releaseHeld(at now: Instant, _ outputs: inout [Output]) {
    guard replica.isLeader || replica.raft.leader != nil else { return }
    let items = held
    held = []
    for item in items {
      if let leader = replica.raft.leader, leader != me {
        forwarded.append(item)
        outputs.append(.call(item.number, item.request, server: leader))
      } else {
        timers.cancel(.forward(item.number))
        answer(item.request, to: item.caller, at: now, &outputs)
      }
    }
  }

  /// Hands the leader's answer to whoever asked.
  mutating func relay(_ response: ConsulResponse, of number: Int, _ outputs: inout [Output]) {
    guard let place = forwarded.firstIndex(where: { $0.number == number }) else { return }
    let item = forwarded.remove(at: place)
    timers.cancel(.forward(number))
    outputs.append(.answer(item.caller.call, response, to: item.caller.node))
  }

  /// The time of a read that was passed on or held is up.
  mutating func giveUp(_ number: Int, _ outputs: inout [Output]) {
    guard let item = (forwarded + held).first(where: { $0.number == number }) else { return }
    forwarded.removeAll { $0.number == number }
    held.removeAll { $0.number == number }
    refuse(item.request, item.caller, &outputs)
  }

  func refuse(_ request: ConsulRequest, _ caller: Caller, _ outputs: inout [Output]) {
    outputs.append(.entered(.refused(request, from: caller.node)))
    outputs.append(.answer(caller.call, .noLeader, to: caller.node))
  }

  /// Answers from the catalog as this server has it; a blocking query with nothing new waits.
  mutating func answer(
    _ request: ConsulRequest, to caller: Caller, at now: Instant, _ outputs: inout [Output]
  ) {
    switch request {
    case .write: break
    case .nodeServices(let agent):
      outputs.append(
        .answer(caller.call, .nodeServices(catalog.entries(of: agent)), to: caller.node))
    case .health(let query):
      guard query.index > 0, catalog.index(of: query.service) <= query.index else {
        outputs.append(.answer(caller.call, health(query, at: now), to: caller.node))
        return
      }
      nextNumber += 1
      parked.append(Parked(number: nextNumber, caller: caller, query: query))
      let jitter = random.span(.zero, to: query.wait / 16)
      timers.set(.parked(nextNumber), at: now + query.wait + jitter)
    }
  }

  /// The longest wait of a blocking query is over: it gets what there is.
  mutating func unpark(_ number: Int, at now: Instant, _ outputs: inout [Output]) {
    guard let place = parked.firstIndex(where: { $0.number == number }) else { return }
    let item = parked.remove(at: place)
    outputs.append(.answer(item.caller.call, health(item.query, at: now), to: item.caller.node))
  }

  /// Answers the blocking queries that have something new.
  mutating func wakeParked(at now: Instant, _ outputs: inout [Output]) {
    for item in parked where catalog.index(of: item.query.service) > item.query.index {
      timers.cancel(.parked(item.number))
      outputs.append(
        .answer(item.caller.call, health(item.query, at: now), to: item.caller.node))
    }
    let catalog = self.catalog
    parked.removeAll { catalog.index(of: $0.query.service) > $0.query.index }
  }

  private func health(_ query: ConsulQuery, at now: Instant) -> ConsulResponse {
    .health(
      ConsulAnswer(
        instances: catalog.instances(of: query.service, worst: query.worst),
        index: catalog.index(of: query.service), lastContact: replica.lastContact(at: now),
        knownLeader: replica.raft.leader != nil))
  }
}
