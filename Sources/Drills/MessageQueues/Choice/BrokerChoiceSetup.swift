import Kernel
import Patterns

/// One workload as the universe of either broker takes it: what the settings do not name stands at
/// that broker's own defaults, except that both acknowledge after the work.
struct BrokerChoiceSetup: Sendable {
  /// The broker of the choice, ready to run.
  enum Broker: Sendable {
    case queue(QueueSetup)
    case log(LogSetup)
  }

  let broker: Broker

  init(_ settings: Settings) {
    broker =
      settings.word("broker") == "log" ? .log(Self.log(settings)) : .queue(Self.queue(settings))
  }

  /// The parts, under the names that they have with either broker.
  var roster: Roster {
    switch broker {
    case .queue(let setup): setup.roster
    case .log(let setup): setup.roster
    }
  }

  private static func queue(_ settings: Settings) -> QueueSetup {
    var setup = QueueSetup(
      translated(
        settings, to: QueueKnobs.all,
        ["brokers": "1", "work": settings["work"].description, "settle": drain(settings)])
    )
    setup.slow = slow(settings)
    setup.welcome(at: newcomer(settings))
    return setup
  }

  private static func log(_ settings: Settings) -> LogSetup {
    // The first three seconds are the group's, which a queue does not need.
    let duration = Setting.span(settings.span("duration") + .seconds(3)).description
    var setup = LogSetup(
      translated(
        settings, to: LogKnobs.all, ["commit": "after", "duration": duration]))
    let work = settings.span("work")
    setup.processing = .uniform(work * 0.5, work * 1.5)
    setup.slow = slow(settings)
    setup.welcome(at: newcomer(settings))
    return setup
  }

  /// The settings of a broker's own scenario: those of the same name, and `others`.
  private static func translated(
    _ settings: Settings, to knobs: [Knob], _ others: [String: String]
  ) -> Settings {
    var own = Settings(knobs)
    let shared = [
      "consumers", "prefetch", "partitions", "max.poll.records", "rate", "keys", "duration",
    ]
    for knob in knobs {
      let text =
        others[knob.name]
        ?? (shared.contains(knob.name) ? settings[knob.name].description : nil)
      guard let text else { continue }
      // The ranges here lie within those of the broker's own scenario.
      do { try own.set(knob.name, text) } catch { preconditionFailure("\(error)") }
    }
    return own
  }

  private static func drain(_ settings: Settings) -> String {
    Setting.span(min(max(settings.span("duration"), .seconds(30)), .seconds(90))).description
  }

  private static func slow(_ settings: Settings) -> SlowWork {
    SlowWork(share: settings.number("slow"), time: settings.span("work.slow"))
  }

  private static func newcomer(_ settings: Settings) -> Instant? {
    let span = settings.span("newcomer.at")
    return span == .zero ? nil : .zero + span
  }
}
