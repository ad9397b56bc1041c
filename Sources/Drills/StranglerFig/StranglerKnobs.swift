import Kernel
import Patterns
import Simulation

/// Everything that can be turned in a migration behind a facade.
enum StranglerKnobs {
  static let design: [Knob] = [
    Knob(
      "shadow.for", .span(.zero ... .minutes(10)), standard: .span(.seconds(15)),
      "How long each route is compared in shadow before it goes on; 0 leaves the stage out."),
    Knob(
      "shadow.share", .number(0...1, .fraction), standard: .number(1),
      source: "github/scientist README.md @0171cdd57900: percent_enabled 100 in its example",
      "The share of reads that is copied and compared."),
    Knob(
      "shadow.gate", .number(0...1, .fraction), standard: .number(0),
      "The share of differing answers above which a route does not go on from shadow."),
    Knob(
      "shadow.noise", .choice(["counted", "measured"]), standard: .word("counted"),
      source: "opendiffy/diffy README.md @0848f9888f59 measures it with a second old instance",
      "Whether every difference counts, or the old system is asked twice and noise left out."),
    Knob(
      "shadow.writes", .flag, standard: .flag(false),
      source: "github/scientist README.md @0171cdd57900: only for code that changes no data",
      "Whether writes are copied in shadow too."),
    Knob(
      "shadow.effects", .choice(["live", "stubbed"]), standard: .word("live"),
      "Whether what the new system does outside itself is real in shadow, or only noted down."),
    Knob(
      "shadow.runs", .choice(["aside", "inline"]), standard: .word("aside"),
      source: "a mirror in a proxy runs aside; Scientist's candidate runs in the same request",
      "Whether the user's answer waits for the copy too."),
    Knob(
      "canary.for", .span(.zero ... .minutes(10)), standard: .span(.seconds(15)),
      "How long each route stays in canary; 0 leaves the stage out."),
    Knob(
      "canary.share", .number(0...1, .fraction), standard: .number(0.05),
      "The share that the new system answers in canary."),
    Knob(
      "canary.by", .choice(StranglerRoute.Unit.allCases.map(\.rawValue)),
      standard: .word("user"), "Whether the share is one of users or of requests."),
    Knob(
      "writes", .choice(["owner", "local", "both"]), standard: .word("owner"),
      "Where a payment is written: into the owner's data, into that of the system that answers, or by the "
        + "facade into both."),
    Knob(
      "sync", .choice(StranglerData.Synchronisation.allCases.map(\.rawValue)),
      standard: .word("flipped"),
      "Which way data is carried: always to the new system, from the owner to the other, or both."),
    Knob(
      "sync.every", .span(.milliseconds(1) ... .seconds(30)), standard: .span(.milliseconds(50)),
      "How often changes are carried over."),
    Knob(
      "retire.after", .span(.zero ... .hours(1)), standard: .span(.zero),
      "How long after the last cut-over the old system is retired; 0 is never."),
  ]

  static let load: [Knob] = [
    Knob(
      "rate", .number(1...1_000, .perSecond), standard: .number(100), role: .load,
      "Requests a second."),
    Knob("users", .integer(1...5_000), standard: .integer(300), role: .load, "Users."),
    Knob(
      "payments", .number(0...1, .fraction), standard: .number(0.3), role: .load,
      "The share of requests that pay in."),
    Knob(
      "difference", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of users whose quote the new system rounds another way, until it is mended."),
    Knob(
      "noise", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of answers, of either system, that have a field which no other answer has."),
    Knob(
      "quote.effect", .flag, standard: .flag(false), role: .load,
      "Whether a quote, a read by its method, has an effect outside: it holds the goods for an hour."
    ),
    Knob(
      "mend.after", .span(.zero ... .minutes(10)), standard: .span(.seconds(10)), role: .load,
      "How long it takes to mend the new system once a difference is seen in shadow."),
    Knob(
      "new.slots", .integer(1...64), standard: .integer(4), role: .load,
      "Requests that the new system works on at once; the old one works on four."),
    Knob(
      "service.time", .span(.microseconds(100) ... .seconds(1)),
      standard: .span(.milliseconds(10)), role: .load, "What a request costs either system."),
    Knob(
      "begin.at", .span(.zero ... .minutes(10)), standard: .span(.seconds(5)), role: .load,
      "When the first route leaves the old system alone; the next follows when it is done."),
    Knob(
      "rollback.at", .span(.zero ... .hours(1)), standard: .span(.zero), role: .load,
      "When every route and the data go back to the old system; 0 is never."),
    Knob(
      "duration", .span(.seconds(10) ... .minutes(20)), standard: .span(.minutes(2)),
      role: .load, "How long the run lasts."),
  ]
}

/// The settings of a run, read once.
struct StranglerSettings: Sendable {
  /// Where a payment is written.
  enum Writes: String, Sendable { case owner, local, both }

  static let roster = Roster(["facade", "legacy", "new", "sync", "clients"])

  let route: StranglerRoute.Options
  let shadowFor: TimeSpan
  let gate: Double
  let areEffectsLive: Bool
  let canaryFor: TimeSpan
  let writes: Writes
  let sync: StranglerData.Synchronisation
  let syncEvery: TimeSpan
  let retireAfter: TimeSpan
  let rate: Double
  let users: Int
  let payments: Double
  let difference: Double
  let noise: Double
  let hasQuoteEffect: Bool
  let mendAfter: TimeSpan
  let newSlots: Int
  let serviceTime: TimeSpan
  let beginAt: TimeSpan
  let rollbackAt: TimeSpan
  let duration: TimeSpan
  let shortcut: StranglerShortcut?

  init(_ settings: Settings, mutant: String? = nil) {
    let bug = mutant.flatMap { StranglerShortcut(rawValue: $0) }
    shortcut = bug
    route = StranglerRoute.Options(
      share: settings.number("canary.share"),
      unit: StranglerRoute.Unit(rawValue: settings.word("canary.by")) ?? .user,
      mirrorShare: settings.number("shadow.share"),
      mirrorsWrites: settings.flag("shadow.writes"),
      isInline: settings.word("shadow.runs") == "inline",
      measuresNoise: settings.word("shadow.noise") == "measured", shortcut: bug)
    shadowFor = settings.span("shadow.for")
    gate = settings.number("shadow.gate")
    areEffectsLive = settings.word("shadow.effects") == "live"
    canaryFor = settings.span("canary.for")
    writes = bug == .writesTwice ? .both : Writes(rawValue: settings.word("writes")) ?? .owner
    sync = StranglerData.Synchronisation(rawValue: settings.word("sync")) ?? .flipped
    syncEvery = settings.span("sync.every")
    retireAfter = settings.span("retire.after")
    rate = settings.number("rate")
    users = settings.integer("users")
    payments = settings.number("payments")
    difference = settings.number("difference")
    noise = settings.number("noise")
    hasQuoteEffect = settings.flag("quote.effect")
    mendAfter = settings.span("mend.after")
    newSlots = settings.integer("new.slots")
    serviceTime = settings.span("service.time")
    beginAt = settings.span("begin.at")
    rollbackAt = settings.span("rollback.at")
    duration = settings.span("duration")
  }

  /// Whether the design keeps both sides alike and loses nothing on the way back.
  var keepsBothAlike: Bool {
    sync == .flipped && (writes == .owner || shortcut == .writesTwice) && !route.mirrorsWrites
  }

  /// Whether the new system rounds the quote of a user another way while it is not mended.
  func differs(_ user: Int) -> Bool { StranglerRoute.place(of: user + 100_000) < difference }
}
