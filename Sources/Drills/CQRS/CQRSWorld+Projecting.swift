import Kernel
import Patterns
import Simulation

/// How events get from the store into the views, and how tables are built anew.
extension CQRSWorld {
  mutating func startChain(
    _ view: Int, _ segment: Int, epoch: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    chains.append(
      CQRSChain(
        view: view, segment: segment, epoch: epoch,
        life: environment.processes.incarnation(settings.projectorNode(view))))
    queue.schedule(.poll(Int32(chains.count - 1)), at: now)
  }

  /// Whether the process and the table that a chain of polls belongs to are still there.
  private func isCurrent(_ chain: CQRSChain) -> Bool {
    let node = settings.projectorNode(chain.view)
    let view = views[chain.view]
    return !environment.processes.isDown(node)
      && environment.processes.incarnation(node) == chain.life
      && (chain.epoch == view.liveEpoch || chain.epoch == view.shadowEpoch)
  }

  private func projection(_ chain: CQRSChain) -> Projection? {
    chain.epoch == views[chain.view].liveEpoch
      ? views[chain.view].model.live : views[chain.view].model.shadow
  }

  /// Whether a table is being built anew by this chain.
  private func isReplay(_ chain: CQRSChain) -> Bool {
    chain.epoch != views[chain.view].liveEpoch || !views[chain.view].floor.isEmpty
  }

  mutating func poll(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let chain = chains[number]
    guard isCurrent(chain), let projection = projection(chain) else { return }
    let node = settings.projectorNode(chain.view)
    let isReachable =
      environment.processes.runs(settings.storeNode)
      && !environment.network.isCut(from: node, to: settings.storeNode)
      && !environment.network.isCut(from: settings.storeNode, to: node)
    guard environment.processes.runs(node), isReachable,
      let batch = projection.batch(chain.segment, from: store.events.log)
    else {
      queue.schedule(.poll(Int32(number)), at: now + settings.poll)
      return
    }
    if batch.events.isEmpty {
      update(chain) { $0.store(batch, Projection.Report()) }
      movedOn(chain, at: now, in: &queue)
      queue.schedule(.poll(Int32(number)), at: now + settings.poll)
      return
    }
    let read = settings.storeTime + settings.eventTime * batch.events.count
    let end = storePool.take(read * environment.processes.slowdown(settings.storeNode), at: now)
    let handling = settings.eventTime * batch.events.count * environment.processes.slowdown(node)
    let work = works.add(CQRSWork(chain: number, batch: batch))
    queue.schedule(.fetched(Int32(work)), at: end + .milliseconds(2) + handling)
  }

  /// Changes the table of a chain.
  private mutating func update<Result>(
    _ chain: CQRSChain, _ change: (inout Projection) -> Result
  ) -> Result? {
    if chain.epoch == views[chain.view].liveEpoch { return change(&views[chain.view].model.live) }
    guard var shadow = views[chain.view].model.shadow else { return nil }
    let result = change(&shadow)
    views[chain.view].model.shadow = shadow
    return result
  }

  /// The events are there; the view's database gets to work.
  mutating func fetched(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let work = works[number]
    let chain = chains[work.chain]
    let node = settings.viewNode(chain.view)
    guard isCurrent(chain), environment.processes.runs(node) else {
      drop(number, at: now, in: &queue)
      return
    }
    if settings.projection.actualCheckpointing == .before {
      update(chain) { $0.store(work.batch, Projection.Report()) }
    }
    works[number].life = environment.processes.incarnation(node)
    let each = settings.isReplica ? settings.applyTime / 10 : settings.applyTime
    let cost = each * work.batch.events.count * environment.processes.slowdown(node)
    let end = views[chain.view].pool.take(cost, at: now)
    queue.schedule(.applied(Int32(number)), at: end)
  }

  /// The view's transaction commits, if both processes are still the same.
  mutating func applied(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let work = works[number]
    let chain = chains[work.chain]
    let node = settings.viewNode(chain.view)
    guard isCurrent(chain), environment.processes.runs(node),
      environment.processes.incarnation(node) == work.life
    else {
      if settings.projection.actualCheckpointing == .before { lostEffects(work, chain, at: now) }
      drop(number, at: now, in: &queue)
      return
    }
    guard let report = update(chain, { $0.apply(work.batch) }) else { return }
    works[number].report = report
    took(report, work, chain, at: now)
    if settings.projection.actualCheckpointing == .after {
      queue.schedule(.checkpointed(Int32(number)), at: now + settings.checkpointTime)
      return
    }
    finish(number, report, at: now, in: &queue)
  }

  mutating func checkpointed(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard let report = works[number].report, isCurrent(chains[works[number].chain]) else {
      drop(number, at: now, in: &queue)
      return
    }
    finish(number, report, at: now, in: &queue)
  }

  private mutating func finish(
    _ number: Int, _ report: Projection.Report, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let work = works[number]
    let chain = chains[work.chain]
    works.remove(number)
    update(chain) { $0.store(work.batch, report) }
    var rest = TimeSpan.nanoseconds(1)
    if isReplay(chain), settings.rebuildRate > 0 {
      rest = TimeSpan(seconds: Double(work.batch.events.count) / settings.rebuildRate)
    }
    movedOn(chain, at: now, in: &queue)
    queue.schedule(.poll(Int32(work.chain)), at: now + rest)
  }

  private mutating func drop(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let chain = works[number].chain
    works.remove(number)
    if isCurrent(chains[chain]) { queue.schedule(.poll(Int32(chain)), at: now + settings.poll) }
  }

  /// A checkpoint moved: reads that waited may go on, a rebuild may be over.
  private mutating func movedOn(
    _ chain: CQRSChain, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if chain.epoch == views[chain.view].liveEpoch {
      // Side by side it is the second table that is built; the live one has been there all along.
      if settings.rebuild == .inPlace, let began = views[chain.view].rebuildBegan,
        views[chain.view].model.live.checkpoint >= views[chain.view].rebuildTarget
      {
        views[chain.view].rebuildBegan = nil
        views[chain.view].floor = []
        rebuilt(chain.view, took: now - began, at: now)
      }
      wake(chain.view, at: now, in: &queue)
    } else if let epoch = views[chain.view].shadowEpoch,
      views[chain.view].model.switchIfReady(head: store.head)
    {
      views[chain.view].liveEpoch = epoch
      views[chain.view].shadowEpoch = nil
      checks.switched(views[chain.view].model, at: now)
      if let began = views[chain.view].rebuildBegan {
        views[chain.view].rebuildBegan = nil
        rebuilt(chain.view, took: now - began, at: now)
      }
      wake(chain.view, at: now, in: &queue)
    }
  }

  mutating func beginRebuild(at now: Instant, in queue: inout EventQueue<Event>) {
    for view in views.indices {
      let epoch = views[view].nextEpoch
      views[view].nextEpoch += 1
      views[view].rebuildTarget = store.head
      views[view].rebuildBegan = now
      views[view].model.rebuild(settings.rebuild)
      if settings.rebuild == .inPlace {
        views[view].floor = balances.map { $0.count - 1 }
        views[view].liveEpoch = epoch
      } else {
        views[view].shadowEpoch = epoch
      }
      for segment in 0..<settings.projection.segments {
        startChain(view, segment, epoch: epoch, at: now, in: &queue)
      }
      rebuildBegan(view, at: now)
    }
  }
}
