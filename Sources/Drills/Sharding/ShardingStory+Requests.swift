import Kernel
import Patterns
import Simulation

/// What the trace tells of requests that fail, go astray or are lost.
extension ShardingWorld {
  mutating func tellFailure(at shard: NodeID, _ now: Instant) {
    guard story.failing[shard.index] == nil else { return }
    let keys = store.rows.counts[shard.index]
    story.failing[shard.index] = environment.trace.record(
      at: now, name(shard), "refused",
      "requests for its \(count(keys)) keys fail: nobody listens", weight: .harm,
      cause: story.crashes[shard.index])
  }

  mutating func tellRouterAway(_ router: NodeID, at now: Instant) {
    guard story.failing[router.index] == nil else { return }
    let doing = environment.processes.isPaused(router) ? "stands still" : "is down"
    story.failing[router.index] = environment.trace.record(
      at: now, name(router), "unreachable", "requests of its clients fail: it \(doing)",
      weight: .harm, cause: environment.active.last { $0.fault.node == router }?.event)
  }

  mutating func tellRedirect(
    _ call: Call, to target: ShardRouter.Target, isAsk: Bool, at now: Instant
  ) {
    let isLoop = call.redirects >= 4
    guard story.redirect == nil || (isLoop && mayTell("loop")) else { return }
    let key = store.keys.names[call.key]
    let answer = isAsk ? "ASK" : "MOVED"
    let event = environment.trace.record(
      at: now, name(call.shard), isLoop ? "redirect-loop" : "redirected",
      "answers \(answer) \(name(target.node)) for \(key)"
        + (isLoop ? ", its redirection number \(call.redirects + 1)" : ""),
      weight: isLoop ? .harm : .change, cause: story.change)
    if story.redirect == nil { story.redirect = event }
  }

  mutating func tellTooManyRedirects(_ call: Call, at now: Instant) {
    guard mayTell("redirects") else { return }
    environment.trace.record(
      at: now, "client", "gave-up",
      "\(store.keys.names[call.key]) was sent to and fro \(call.redirects) times", weight: .harm,
      cause: story.redirect ?? story.change)
  }

  mutating func tellWrongRead(_ call: Call, at now: Instant) {
    tally.wrongReads += 1
    guard mayTell("wrong-read") else { return }
    let owner = name(store.owner(of: call.key))
    environment.trace.record(
      at: now, name(call.shard), "wrong-shard",
      "answers a read of \(store.keys.names[call.key]), which \(owner) owns: nobody checked",
      weight: .harm, cause: story.change)
  }

  mutating func tellLostWrite(_ key: Int, _ shard: NodeID, _ owner: NodeID, at now: Instant) {
    let witness =
      "\(store.keys.names[key]) was written on \(name(shard)) after \(name(owner)) had taken over"
    tally.violate("no lost write", witness, at: now)
    guard mayTell("lost-write") else { return }
    environment.trace.record(
      at: now, name(shard), "lost-write", witness, weight: .harm, cause: story.change)
  }

  mutating func tellCrossRefused(_ first: Int, _ second: Int, at now: Instant) {
    guard mayTell("cross") else { return }
    if story.apart == nil {
      story.apart = environment.trace.record(
        at: now, "store", "apart", "two keys of one user are hashed apart, each by its own name")
    }
    environment.trace.record(
      at: now, "client", "cross-shard",
      "\(store.keys.names[first]) and \(store.keys.names[second]) are on "
        + "\(name(store.owner(of: first))) and \(name(store.owner(of: second))): refused",
      weight: .harm, cause: story.apart)
  }

  mutating func tellPartial(_ operation: Operation, at now: Instant) {
    guard mayTell("partial") else { return }
    let dead = story.crashes.keys.sorted().first { environment.processes.isDown(NodeID($0)) }
    environment.trace.record(
      at: now, "client", "half-written",
      "one of the two rows of \(store.keys.names[operation.key]) was written, the other was not",
      weight: .harm, cause: dead.flatMap { story.crashes[$0] })
  }

  mutating func tellHot(_ key: Int, router: Int, at now: Instant) {
    let share = Unit.fraction.text(hot.counters[router].share(of: key))
    story.hot = environment.trace.record(
      at: now, name(config.router(router)), "hot-key",
      "\(store.keys.names[key]) gets \(share) of its requests; remedy: \(config.remedy.rawValue)")
  }
}
