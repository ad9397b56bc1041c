import Kernel
import Patterns
import Simulation

/// What is counted when something goes wrong, and what the trace is told of it.
extension CQRSWorld {
  private static func euros(_ cents: Int) -> String { "\(cents / 100) euros" }

  private mutating func note(
    _ part: String, _ kind: String, _ detail: String, _ weight: Trace.Weight = .harm,
    cause: Trace.ID?, at now: Instant
  ) -> Trace.ID? {
    guard watch.mayTell(kind) else { return nil }
    return environment.trace.record(at: now, part, kind, detail, weight: weight, cause: cause)
  }

  mutating func conflicted(_ stream: Int, _ handler: CommandHandler, before: Int?, at now: Instant)
  {
    tally.conflicted(at: now)
    let seen = handler.decidedOn.map(String.init) ?? "none"
    let id = note(
      "store", "conflict",
      "\(names[stream]) stands at event \(before ?? -1), the command decided on event \(seen)",
      .change, cause: watch.lastFault, at: now)
    watch.conflict = watch.conflict ?? id
  }

  mutating func gaveUp(_ stream: Int, at now: Instant) {
    _ = note(
      "commands", "gave-up",
      "a command on \(names[stream]) met \(settings.handler.conflictRetries + 1) conflicts and "
        + "is refused", cause: watch.conflict, at: now)
  }

  mutating func overdrawn(
    _ stream: Int, _ balance: Int, _ handler: CommandHandler, before: Int?, at now: Instant
  ) {
    tally.overdrawn.insert(stream)
    let decided = handler.decidedOn.map(String.init) ?? "none"
    tally.overdraft =
      tally.overdraft
      ?? [
        "\(names[stream]) stands at \(Self.euros(balance)) at \(now).",
        "The withdrawal was decided on event \(decided) and appended after event \(before ?? -1).",
      ]
    _ = note(
      "store", "overdrawn",
      "\(names[stream]) falls to \(Self.euros(balance)): a withdrawal that was decided on event "
        + "\(decided) is appended after event \(before ?? -1)",
      cause: watch.deployed ?? watch.lastFault, at: now)
  }

  mutating func tookEffectTwice(_ intent: Int, at now: Instant) {
    tally.duplicates += 1
    tally.duplicate =
      tally.duplicate
      ?? [
        "Command \(intent) of customer \(intents[intent].customer + 1) was appended again at "
          + "\(now), \(now - intents[intent].begun) after it was first sent."
      ]
    _ = note(
      "store", "took-effect-twice",
      "command \(intent) on \(names[intents[intent].stream]) is appended a second time",
      cause: watch.stale ?? watch.lastFault, at: now)
  }

  mutating func sawWrongState(
    _ number: Int, _ loaded: SnapshotStore.Loaded, known: Int, at now: Instant
  ) {
    let stream = intents[attempts[number].intent].stream
    tally.wrongStates += 1
    let isAllowed =
      !settings.snapshots.isRevisionChecked && loaded.snapshotRevision != nil && revision > 1
    if !isAllowed {
      checks.violated(
        "snapshot", at: now,
        "\(names[stream]) loads \(loaded.state.balance) from its snapshot and "
          + "\(Self.euros(known)) from its events")
    }
    let unit = LedgerEvent.unit(attempts[number].revision)
    _ = note(
      "commands", "wrong-state",
      "\(names[stream]) holds \(Self.euros(known)); from an old snapshot it loads as "
        + Self.euros(loaded.state.balance * (100 / unit)), cause: watch.deployed, at: now)
  }

  mutating func poisoned(_ stream: Int, _ version: Int, _ position: Int, at now: Instant) {
    isPoisonDue = false
    tally.poisonPosition = position
    watch.poison = environment.trace.record(
      at: now, "store", "poison",
      "event \(version) of \(names[stream]), position \(position), cannot be read by projections",
      weight: .fault)
  }

  /// What a committed batch did to the rows.
  mutating func took(
    _ report: Projection.Report, _ work: CQRSWork, _ chain: CQRSChain, at now: Instant
  ) {
    let isLive = chain.epoch == views[chain.view].liveEpoch
    let isReplay = !isLive || !views[chain.view].floor.isEmpty
    tally.repeatsSeen += report.repeats
    for recorded in work.batch.events {
      let position = recorded.position
      guard report.applied.contains(position) else { continue }
      if isLive, !isReplay, position >= firstPosition {
        tally.lagged(now - recorded.event.at)
      }
      if chain.view == 0, position >= firstPosition, case .withdrawn = recorded.event.fact,
        !isReplay || settings.mailsInReplay
      {
        mails[position, default: 0] += 1
        if mails[position, default: 0] > 1 { mailedAgain(position, at: now) }
      }
      checkRow(recorded.stream, chain, at: now)
    }
    if let position = report.stoppedAt {
      _ = note(
        "projector-\(chain.view + 1)", "stopped",
        "segment \(chain.segment + 1) stands still before position \(position)",
        cause: watch.poison, at: now)
    }
    if let position = report.setAside.first {
      let word = settings.projection.errors == .park ? "parked" : "skipped"
      _ = note(
        "projector-\(chain.view + 1)", word, "position \(position) is \(word)", .change,
        cause: watch.poison, at: now)
    }
  }

  /// With options that keep rows, a row is what its events add up to.
  private mutating func checkRow(_ stream: String, _ chain: CQRSChain, at now: Instant) {
    let model =
      chain.epoch == views[chain.view].liveEpoch
      ? views[chain.view].model.live : views[chain.view].model.shadow
    guard let number = numbers[stream], let row = model?.table[stream], row.version >= 0,
      row.version < balances[number].count
    else { return }
    guard row.balance != balances[number][row.version] || row.movements != row.version else {
      return
    }
    if settings.projection.keepsRows {
      checks.violated(
        "rows", at: now,
        "\(stream) at event \(row.version) shows \(Self.euros(row.balance)); its events add up to "
          + Self.euros(balances[number][row.version]))
    }
    _ = note(
      "view-\(chain.view + 1)", "row-wrong",
      "\(stream) shows \(Self.euros(row.balance)) at event \(row.version) instead of "
        + Self.euros(balances[number][row.version]), cause: watch.poison ?? watch.lastFault, at: now
    )
  }

  mutating func lostEffects(_ work: CQRSWork, _ chain: CQRSChain, at now: Instant) {
    _ = note(
      "view-\(chain.view + 1)", "effect-lost",
      "the checkpoint stands at \(work.batch.end), and \(work.batch.events.count) events before it "
        + "were not applied", cause: watch.lastFault, at: now)
  }

  private mutating func mailedAgain(_ position: Int, at now: Instant) {
    tally.mailsRepeated += 1
    _ = note(
      "projector-1", "mailed-again", "the mail for position \(position) is sent a second time",
      cause: watch.rebuild ?? watch.lastFault, at: now)
  }

  mutating func sawStale(
    _ own: CQRSReading.Own, _ version: Int, _ reading: CQRSReading, at now: Instant
  ) {
    tally.staleOwnReads += 1
    let name = names[own.stream]
    tally.stale =
      tally.stale
      ?? [
        "Customer \(reading.customer + 1) had the answer to a command on \(name): event "
          + "\(own.version).", "A list read after it, shown at \(now), has event \(version).",
      ]
    // Where a fault or an event is to come, the usual lag before it is not the story.
    let cause = watch.behind ?? watch.poison ?? watch.rebuild ?? watch.lastFault
    guard cause != nil || !isEventful else { return }
    let id = note(
      "clients", "own-change-missing",
      "customer \(reading.customer + 1) wrote event \(own.version) of \(name) and is shown event "
        + "\(version)", cause: cause, at: now)
    watch.stale = watch.stale ?? id
  }

  /// Whether something besides the load happens in this run, or has happened.
  private var isEventful: Bool {
    schedule.next != nil || settings.poisonAt > .zero || settings.rebuildAt > .zero
      || settings.deployAt > .zero
  }

  mutating func wentBack(_ stream: Int, _ version: Int, _ reading: CQRSReading, at now: Instant) {
    tally.backwardReads += 1
    tally.backward =
      tally.backward
      ?? [
        "Customer \(reading.customer + 1) had seen event \(seen[stream]) of \(names[stream]).",
        "A later read at \(now), from view-\(reading.view + 1), showed event \(version).",
      ]
    _ = note(
      "clients", "went-back",
      "\(names[stream]) goes from event \(seen[stream]) back to \(version)",
      cause: watch.behind ?? watch.rebuild ?? watch.lastFault, at: now)
  }

  mutating func sawPartial(_ reading: CQRSReading, at now: Instant) {
    tally.partialReads += 1
    _ = note(
      "view-\(reading.view + 1)", "half-built",
      "customer \(reading.customer + 1) is shown a list from a table that is being filled",
      cause: watch.rebuild, at: now)
  }

  mutating func rebuildBegan(_ view: Int, at now: Instant) {
    watch.rebuild = environment.trace.record(
      at: now, "view-\(view + 1)", "rebuild",
      "the table is built anew from \(store.head) events, \(settings.rebuild.rawValue)",
      weight: .fault)
  }

  mutating func rebuilt(_ view: Int, took span: TimeSpan, at now: Instant) {
    tally.rebuildTimes.append(span)
    environment.trace.record(
      at: now, "view-\(view + 1)", "rebuilt", "the new table has caught up after \(span)",
      weight: .recovery, cause: watch.rebuild)
  }

  /// What is looked at every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let behind = views.map { store.head - $0.model.live.checkpoint }.max() ?? 0
    tally.close(behind: behind, at: now)
    if behind > 100, watch.behind == nil {
      watch.behind = environment.trace.record(
        at: now, "view-1", "behind", "the view is \(behind) events behind the store",
        weight: .change,
        cause: watch.poison ?? watch.rebuild ?? watch.lastFault)
    } else if behind <= 20, let cause = watch.behind {
      environment.trace.record(
        at: now, "view-1", "caught-up", "the view is \(behind) events behind the store",
        weight: .recovery, cause: cause)
      watch.behind = nil
    }
    watchOn(every: CQRSTally.step, for: settings.end - .zero, in: &queue)
  }
}
