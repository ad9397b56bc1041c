import Kernel
import Patterns
import Presentation

/// A receiver with a store of idempotency keys under commands; a charge is begun, then ended.
public struct IdempotencyBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: IdempotencyPreset?
  var store: IdempotencyStore
  var now = Instant.zero
  /// Work under way, oldest first.
  var working: [IdempotencyStore.Ticket] = []
  var counters = Counters()

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var charges = 0
    var amount = 0
    var status: Int?
    var replays = 0
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: IdempotencyPreset? = nil) {
    self.preset = preset
    settings = Settings(preset?.tool.knobs ?? Self.knobs)
    store = IdempotencyStore(preset?.design(settings).options ?? Self.options(settings))
  }

  private static let knobs = ChainKnobs.all.filter {
    $0.name.hasPrefix("key.") && $0.role == .design
  }

  static func options(_ settings: Settings) -> IdempotencyStore.Options {
    IdempotencyStore.Options(
      lifetime: settings.span("key.lifetime"), lockTime: settings.span("key.lock.time"),
      isBodyCompared: settings.flag("key.compares"), isErrorKept: settings.flag("key.errors"),
      shortcut: settings.word("key.lock") == "after-work" ? .storesAfterwards : nil)
  }

  /// The words that commands take.
  public var parts: [String] { ["ok", "fail", "crash"] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "charge", usage: "charge KEY AMOUNT", example: "charge 7 100",
        "Sends a charge with a key, and lets the work end well at once if it is begun."),
      BenchCommand(
        "begin", usage: "begin KEY AMOUNT", example: "begin 7 100",
        "Sends a charge with a key and leaves its work under way."),
      BenchCommand(
        "end", usage: "end ok|fail|crash", example: "end ok",
        "Ends the oldest work: with its effect, with an error, or with the process."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 1h", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows what was charged."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("status", counters.status.map(Double.init), .count),
      Measurement("charges", Double(counters.charges), .count),
      Measurement("amount", Double(counters.amount), .count),
      Measurement("replays", Double(counters.replays), .count),
      Measurement("under_way", Double(working.count), .count),
      Measurement("keys", Double(store.count), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The store of keys is the machine that the drills run."],
      leavesOut: [
        "The key and the effect are written in one step; a real receiver needs one transaction.",
        "Keys are numbers here; real ones are long random strings, made by the client.",
      ] + (preset?.tool.leavesOut ?? []),
      sources: [
        "https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header",
        "https://docs.stripe.com/api/idempotent_requests",
      ])
  }

  /// Nothing can be broken between two commands.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Turns knobs; the store begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    store = IdempotencyStore(preset?.design(changed).options ?? Self.options(changed))
    working.removeAll()
    counters = Counters()
    return show()
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "charge", "begin":
      let key = try number(line, 0, "key")
      let amount = try number(line, 1, "amount")
      let count = working.count
      ask(key, amount)
      if line.name == "charge", working.count > count { finish(working.removeLast()) }
    case "end": try end(line)
    case "tick":
      now += try line.span(upTo: .hours(24 * 30), expected: "a time such as 30s or 25h")
    default: break
    }
    return show()
  }

  private mutating func ask(_ key: Int, _ amount: Int) {
    switch store.begin(key: key, body: amount, at: now) {
    case .execute(let ticket):
      working.append(ticket)
      counters.status = 102
    case .replay(let answer):
      counters.replays += 1
      counters.status = answer.isGood ? 200 : 500
    case .inProgress: counters.status = 409
    case .mismatch: counters.status = mismatchStatus
    }
  }

  /// The status of a known key with another body, with which the interface's words begin.
  private var mismatchStatus: Int {
    (preset?.design(settings).mismatch.prefix(3)).flatMap { Int($0) } ?? 422
  }

  private mutating func finish(_ ticket: IdempotencyStore.Ticket) {
    counters.charges += 1
    counters.amount += ticket.body
    counters.status = 200
    store.finished(ticket, IdempotencyStore.Answer(body: ticket.body, isGood: true), at: now)
  }

  private mutating func end(_ line: BenchLine) throws(Diagnostic) {
    guard let word = line.arguments.first, parts.contains(word) else {
      throw .unknown(
        "end", line.arguments.first ?? "", known: parts,
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    guard !working.isEmpty else { return }
    let ticket = working.removeFirst()
    switch word {
    case "ok": finish(ticket)
    case "fail":
      counters.status = 500
      store.finished(ticket, IdempotencyStore.Answer(body: ticket.body, isGood: false), at: now)
    default: counters.status = nil
    }
  }

  private func number(
    _ line: BenchLine, _ index: Int, _ what: String
  ) throws(Diagnostic) -> Int {
    let text = index < line.arguments.count ? line.arguments[index] : ""
    guard let value = Int(text), (0...1_000_000).contains(value) else {
      throw Diagnostic(
        "'\(text)' is no \(what).", column: text.isEmpty ? nil : line.column(index), found: text,
        expected: "\(line.name) KEY AMOUNT, with whole numbers")
    }
    return value
  }

  private func show() -> Document {
    let design = preset?.design(settings)
    let words: [Int: String] = [
      102: "begun", 200: "200, done", 409: design?.inProgress ?? "409, its work is under way",
      mismatchStatus: design?.mismatch ?? "422, the key belongs to another charge",
      500: "500, failed",
    ]
    let status = counters.status.map { words[$0] ?? "\($0)" } ?? "no answer"
    return Document([
      .paragraph(
        Text("\(now)   ") + .strong(status)
          + Text("; \(counters.charges) charges carried out, \(counters.amount) in all; ")
          + Text("\(counters.replays) answers replayed; \(working.count) under way."))
    ])
  }
}
