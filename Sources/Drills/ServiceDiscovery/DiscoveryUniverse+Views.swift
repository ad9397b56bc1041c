import Kernel
import Patterns
import Simulation

extension DiscoveryUniverse {
  /// The part that runs on `node`, or nil while its process is down.
  func picker(_ node: NodeID) -> PickerPart? {
    guard case .picker(let part)? = cluster.participants[node.index]?.role else { return nil }
    return part
  }

  /// The instances that the picker on `node` goes by now.
  func view(of node: NodeID) -> [NodeID] {
    if setup.maxStaleness > .zero, let since = lostSince[node], now - since > setup.maxStaleness {
      return []
    }
    return views[node] ?? []
  }

  /// Takes over what the picker on `node` sees.
  mutating func refreshView(of node: NodeID) { views[node] = picker(node)?.instances ?? [] }

  /// Whether the process of `app` is down.
  func isDown(_ app: NodeID) -> Bool { cluster.environment.processes.isDown(app) }

  /// Whether `app` runs and `picker` can reach it.
  func isReachable(_ app: NodeID, from picker: NodeID) -> Bool {
    cluster.environment.processes.runs(app)
      && !cluster.environment.network.isCut(from: picker, to: app)
      && !cluster.environment.network.isCut(from: app, to: picker)
  }

  mutating func viewChanged(
    of node: NodeID, added: [NodeID], removed: [NodeID], cause: Trace.ID?
  ) {
    refreshView(of: node)
    for app in removed where isMeasured {
      let isFalse = isReachable(app, from: node) && !isLeaving(app)
      if isFalse { meters.falseEvictions += 1 }
      story.lostSight(of: app, by: node, isFalse: isFalse, cause: cause, in: &cluster)
    }
    for app in added where isMeasured {
      story.gainedSight(of: app, by: node, cause: cause, in: &cluster)
    }
    checkSpells()
  }

  /// Whether `app` is being replaced, so that losing sight of it is right.
  func isLeaving(_ app: NodeID) -> Bool { story.leaving.contains(app) }

  /// Looks at who died and who came back.
  mutating func look() {
    if meters.firstFault == nil, isMeasured { meters.firstFault = now }
    for node in setup.roster.pickers { refreshView(of: node) }
    for app in setup.roster.apps {
      let isDown = isDown(app)
      guard isDown != (wasDown[app] ?? false) else { continue }
      wasDown[app] = isDown
      if isDown {
        cluster.family.downApps.insert(app)
        meters.spells.append(DiscoveryMeters.Spell(app: app, from: now))
        story.died(app, in: &cluster)
      } else {
        cluster.family.downApps.remove(app)
        for place in meters.spells.indices
        where meters.spells[place].app == app && meters.spells[place].back == nil {
          meters.spells[place].back = now
        }
        story.cameBack(app)
      }
    }
    checkSpells()
  }

  /// Looks whether a death has been noticed, or a return, by every picker that runs.
  mutating func checkSpells() {
    for place in meters.spells.indices {
      let spell = meters.spells[place]
      guard spell.forgotten == nil || (spell.back != nil && spell.seenAgain == nil) else {
        continue
      }
      let running = setup.roster.pickers.filter { cluster.environment.processes.runs($0) }
      let seeing = running.count { view(of: $0).contains(spell.app) }
      if spell.back == nil, spell.forgotten == nil, seeing == 0 {
        meters.spells[place].forgotten = now
        story.forgotten(spell.app, after: now - spell.from, in: &cluster)
      }
      if spell.back != nil, spell.seenAgain == nil, seeing == running.count, !running.isEmpty {
        meters.spells[place].seenAgain = now
      }
    }
  }

  /// Ends a second: notes how many are seen and how many could be.
  mutating func sample() {
    let running = setup.roster.pickers.filter { cluster.environment.processes.runs($0) }
    let sizes = running.map { view(of: $0).count }
    let reachable = setup.roster.apps.count { app in
      running.contains { isReachable(app, from: $0) }
    }
    if !sizes.isEmpty {
      meters.current.registered = Double(sizes.reduce(0, +)) / Double(sizes.count)
    }
    meters.current.reachable = reachable
    meters.samples.append(meters.current)
    meters.current = DiscoveryMeters.Sample()
    if isMeasured, let smallest = sizes.min() {
      meters.smallestView = min(meters.smallestView ?? smallest, smallest)
      if smallest == 0 { meters.emptyViewSeconds += 1 }
    }
    checkSpells()
    cluster.setAlarm(DiscoveryAlarm.sample.number, at: now + .seconds(1))
  }
}
