import Kernel
import Patterns
import Simulation

/// How messages get from stage to stage, and what becomes of a stage that dies.
extension PipelineWorld {
  /// What is lost on a connection is sent again after this time.
  private static let resend = TimeSpan.milliseconds(200)

  /// Numbers the connections between a stage and the one before: a new one when either dies.
  func connection(before stage: Int) -> Int32 { stages[stage - 1].life + stages[stage].life }

  /// Puts an item on the wire.
  mutating func carry(
    item: Int32, to stage: Int8, life: Int32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let target = Int(stage)
    guard connection(before: target) == life else {
      underWay -= 1
      counts.lostOnTheWay += 1
      return noteLost(PipelineSettings.names[target], at: now)
    }
    if let arrival = transmit(from: NodeID(target - 1), to: NodeID(target), at: now) {
      queue.schedule(.itemArrives(stage: stage, item: item, life: life), at: arrival)
    } else {
      queue.schedule(.itemLeaves(stage: stage, item: item, life: life), after: Self.resend)
    }
  }

  /// Puts a request for more on the wire, to the stage that is asked.
  mutating func carry(
    request count: Int32, to stage: Int8, life: Int32, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let target = Int(stage)
    guard connection(before: target + 1) == life else { return }
    if let arrival = transmit(from: NodeID(target + 1), to: NodeID(target), at: now) {
      queue.schedule(.requestArrives(stage: stage, count: count, life: life), at: arrival)
    } else {
      queue.schedule(.requestLeaves(stage: stage, count: count, life: life), after: Self.resend)
    }
  }

  /// A stage is killed, or its stream fails: what it holds is lost.
  mutating func die(
    _ stage: Int, _ reason: String, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    counts.deaths += 1
    let lost = empty(stage)
    noteDeath(stage, reason, lost: lost, at: now)
    queue.schedule(
      .stageIsBack(stage: Int8(stage), life: stages[stage].life), after: settings.restart)
  }

  /// Empties a stage that is down now; returns how many items are lost with it.
  mutating func empty(_ stage: Int) -> Int {
    stages[stage].life += 1
    stages[stage].isDown = true
    stages[stage].isPaused = false
    stages[stage].held.removeAll()
    var lost = stages[stage].buffer.removeAll().count
    if stages[stage].working != nil { lost += 1 }
    if stages[stage].finished != nil { lost += 1 }
    stages[stage].working = nil
    stages[stage].finished = nil
    counts.lostInDeath += lost
    // Connections break on both sides: nobody has asked anybody for anything.
    if !settings.isPushing {
      if stage > 0 { stages[stage - 1].output = Subscription(shortcut: settings.shortcut) }
      stages[stage].output = Subscription(shortcut: settings.shortcut)
    }
    return lost
  }

  mutating func comeBack(_ stage: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !environment.processes.isDown(NodeID(stage)) else { return }
    stages[stage].isDown = false
    environment.trace.record(
      at: now, PipelineSettings.names[stage], "restarted", "it begins anew with nothing",
      weight: .recovery, cause: watch.cause(.death))
    if stage > 0, !stages[stage - 1].isDown { subscribe(stage, in: &queue) }
    if stage < Self.last, !stages[stage + 1].isDown { subscribe(stage + 1, in: &queue) }
    if stage == 0 { sendOn(0, at: now, in: &queue) }
  }
}
