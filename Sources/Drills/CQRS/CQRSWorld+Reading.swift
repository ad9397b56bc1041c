import Kernel
import Patterns
import Simulation

/// How customers read their lists.
extension CQRSWorld {
  /// The streams that a read shows: the customer's accounts, and the shared one after paying in.
  func streams(of reading: CQRSReading) -> [Int] {
    let first = reading.customer * settings.accounts
    var streams = Array(first..<first + settings.accounts)
    if let own = reading.own, own.stream >= settings.ownStreams { streams.append(own.stream) }
    return streams
  }

  private func isFromStore(_ reading: CQRSReading) -> Bool {
    reading.own != nil && settings.mode == .writeSide
  }

  private func server(_ reading: CQRSReading) -> NodeID {
    isFromStore(reading) ? settings.storeNode : settings.viewNode(reading.view)
  }

  mutating func beginRead(
    of customer: Int, own: CQRSReading.Own?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let any = readRandom.below(settings.views)
    let view = settings.isSticky ? customer % settings.views : any
    readings.append(CQRSReading(customer: customer, own: own, view: view, begun: now))
    let number = readings.count - 1
    tally.readBegan(at: now)
    if let arrival = transmit(
      from: settings.clientsNode, to: server(readings[number]), at: now)
    {
      queue.schedule(.query(Int32(number)), at: arrival)
    } else {
      tally.readsFailed += 1
    }
  }

  mutating func queryArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let reading = readings[number]
    let node = server(reading)
    guard environment.processes.runs(node) else {
      tally.readsFailed += 1
      return
    }
    readings[number].life = environment.processes.incarnation(node)
    if settings.mode == .wait, let own = reading.own, !own.isOtherDevice,
      !views[reading.view].model.live.covers(own.position)
    {
      readings[number].isWaiting = true
      views[reading.view].waiting.append(number)
      queue.schedule(.waitEnds(Int32(number)), at: now + settings.waitTimeout)
      return
    }
    work(on: number, at: now, in: &queue)
  }

  /// Reads whose position has been passed get to work.
  mutating func wake(_ view: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !views[view].waiting.isEmpty else { return }
    let waiting = views[view].waiting
    views[view].waiting = waiting.filter { number in
      guard readings[number].isWaiting, let own = readings[number].own else { return false }
      return !views[view].model.live.covers(own.position)
    }
    for number in waiting where readings[number].isWaiting {
      guard let own = readings[number].own, views[view].model.live.covers(own.position) else {
        continue
      }
      readings[number].isWaiting = false
      work(on: number, at: now, in: &queue)
    }
  }

  mutating func waitEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard readings[number].isWaiting else { return }
    readings[number].isWaiting = false
    readings[number].isLate = true
    tally.waitsEnded += 1
    work(on: number, at: now, in: &queue)
  }

  /// The server works on the query; what it reads is what stands there now.
  private mutating func work(
    on number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let reading = readings[number]
    let node = server(reading)
    var cost = settings.queryTime
    var end: Instant
    if isFromStore(reading) {
      var count = 0
      for stream in streams(of: reading) {
        count +=
          snapshots.load(names[stream], from: store.events, revision: revision).eventsRead
        readings[number].versions.append(balances[stream].count - 1)
      }
      cost = settings.storeTime + settings.eventTime * count
      end = storePool.take(cost * environment.processes.slowdown(node), at: now)
    } else if settings.isReplica {
      let limit = views[reading.view].model.live.checkpoint
      var count = 0
      for stream in streams(of: reading) {
        let events = store.events.events(of: names[stream]).prefix { $0.position < limit }
        count += events.count
        readings[number].versions.append(events.count - 1)
      }
      cost = cost + settings.eventTime * count
      end = views[reading.view].pool.take(cost * environment.processes.slowdown(node), at: now)
    } else {
      let floor = views[reading.view].floor
      for stream in streams(of: reading) {
        let version = views[reading.view].model.live.table[names[stream]]?.version ?? -1
        readings[number].versions.append(version)
        if !floor.isEmpty, version < floor[stream] { readings[number].isPartial = true }
      }
      checkToken(readings[number], at: now)
      end = views[reading.view].pool.take(cost * environment.processes.slowdown(node), at: now)
    }
    end = max(end, now)
    queue.schedule(.queryDone(Int32(number)), at: end)
  }

  /// A read that waited and was not late shows its own change, unless its stream is parked.
  private mutating func checkToken(_ reading: CQRSReading, at now: Instant) {
    guard settings.mode == .wait, let own = reading.own, !own.isOtherDevice, !reading.isLate
    else { return }
    let model = views[reading.view].model.live
    let name = names[own.stream]
    guard model.parked[name] == nil, settings.projection.keepsRows else { return }
    let version = model.table[name]?.version ?? -1
    if version < own.version {
      checks.violated(
        "token", at: now,
        "a read that waited for event \(own.version) of \(name) was shown event \(version)")
    }
  }

  mutating func queryDone(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let node = server(readings[number])
    guard environment.processes.runs(node),
      environment.processes.incarnation(node) == readings[number].life,
      let arrival = transmit(from: node, to: settings.clientsNode, at: now)
    else {
      tally.readsFailed += 1
      return
    }
    queue.schedule(.shown(Int32(number)), at: arrival)
  }

  /// The customer looks at the list.
  mutating func shown(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let reading = readings[number]
    let streams = streams(of: reading)
    var versions = reading.versions
    tally.shown(after: now - reading.begun, isOwn: reading.own != nil, at: now)
    if reading.isPartial { sawPartial(reading, at: now) }
    if settings.mode == .optimistic, let own = reading.own, !own.isOtherDevice,
      let place = streams.firstIndex(of: own.stream), versions[place] < own.version
    {
      versions[place] = own.version
      tally.painted += 1
    }
    for (place, stream) in streams.enumerated() where stream < settings.ownStreams {
      if versions[place] < seen[stream] { wentBack(stream, versions[place], reading, at: now) }
      seen[stream] = max(seen[stream], versions[place])
    }
    guard let own = reading.own, let place = streams.firstIndex(of: own.stream) else { return }
    tally.ownReads += 1
    guard versions[place] < own.version else { return }
    sawStale(own, versions[place], reading, at: now)
    if intents[own.intent].submissions < 3, resubmitRandom.chance(settings.resubmit) {
      tally.resubmits += 1
      submit(own.intent, at: now, in: &queue)
    }
  }
}
