import Kernel
import Patterns
import Recordings

/// Carries out what a recording of JetStream says in words; the clock moves as the words say.
struct JetStreamConversation {
  var server = JetStream()
  private var now = Instant.zero
  private var firstAt = Instant.zero
  /// The stream that deduplicates, and those with a limit, in the order of their making.
  private var limited: [String] = []
  private var replayed: String?
  private var made = 0

  /// A conversation on what the configuration of the recording sets up, if it does.
  init(_ setting: String) {
    guard
      let match = setting.firstMatch(
        of:
          /stream: (\w+), max_msgs (\d+); m(\d+)\.\.m(\d+) published, odd to ([\w.]+), even to ([\w.]+)/
      ), let limit = Int(match.2), let first = Int(match.3), let last = Int(match.4)
    else { return }
    let name = String(match.1)
    let subjects = [String(match.5), String(match.6)]
    add(name, subjects) { $0.maxMsgs = limit }
    for number in first...last {
      _ = publish(JetStreamPublication(subjects[(number + 1) % 2], "m\(number)"))
    }
    replayed = name
  }

  /// What the step gives, or nil when it is not understood.
  mutating func carryOut(_ step: String) -> [JSONText]? {
    if step.hasPrefix("deliver policy") { return replay(step) }
    if let seen = deduplicate(step) { return [seen] }
    if let seen = expect(step) { return [seen] }
    return limit(step) ?? retain(step) ?? remove(step)
  }

  // MARK: Server

  private mutating func add(
    _ name: String, _ subjects: [String],
    _ change: (inout JetStreamStreamConfiguration) -> Void = { _ in }
  ) {
    var configuration = JetStreamStreamConfiguration(
      name, subjects: subjects.compactMap { NATSSubject($0) })
    change(&configuration)
    _ = server.step(.addStream(configuration, request: 0), at: now)
  }

  private mutating func publish(_ message: JetStreamPublication) -> JSONText {
    for output in server.step(.publish(message, request: 0), at: now) {
      switch output {
      case .stored(let ack, _, _):
        return .list([
          .text("seq"), .number(ack.sequence), .text("dup"), .flag(ack.isDuplicate),
        ])
      case .failed(let error, _):
        return .list([.text("error"), .number(error.code), .text(error.text)])
      case .noResponders: return .list([.text("error"), .null, .null])
      default: continue
      }
    }
    return .null
  }

  private func state(_ name: String) -> JSONText {
    guard let stream = server.stream(name) else { return .null }
    let bodies = stride(from: stream.firstSequence, through: stream.lastSequence, by: 1).map {
      stream[$0].map { JSONText.text($0.body) } ?? .null
    }
    return .object([
      ("first_seq", .number(stream.firstSequence)), ("last_seq", .number(stream.lastSequence)),
      ("messages", .number(stream.count)), ("bodies", .list(bodies)),
    ])
  }

  private mutating func consumer(
    _ name: String, of stream: String,
    _ change: (inout JetStreamConsumerConfiguration) -> Void = { _ in }
  ) -> JetStreamError? {
    var configuration = JetStreamConsumerConfiguration(name)
    change(&configuration)
    let outputs = server.step(
      .addConsumer(stream: stream, configuration, request: 0), at: now)
    return outputs.lazy.compactMap {
      if case .failed(let error, _) = $0 { error } else { nil }
    }.first
  }

  private mutating func pull(_ batch: Int, _ name: String, of stream: String) -> [JetStreamDelivery]
  {
    server.step(
      .pull(
        stream: stream, consumer: name, batch: batch, expires: nil, noWait: true, request: 0),
      at: now
    ).compactMap { if case .pulled(let delivery, _, _) = $0 { delivery } else { nil } }
  }

  private mutating func pass(_ seconds: Substring) {
    now = now + TimeSpan(seconds: Double(seconds) ?? 0)
    _ = server.step(.wake, at: now)
  }

  private mutating func name(_ prefix: String) -> String {
    made += 1
    return "\(prefix)\(made)"
  }

  // MARK: Steps

  private mutating func replay(_ step: String) -> [JSONText]? {
    guard let stream = replayed,
      let match = step.firstMatch(of: /deliver policy (\w+)(?: (\d+))?/)
    else { return nil }
    let start = match.2.flatMap { Int($0) } ?? 0
    let policies: [String: JetStreamConsumerConfiguration.DeliverPolicy] = [
      "all": .all, "last": .last, "new": .new, "last_per_subject": .lastPerSubject,
      "by_start_sequence": .byStartSequence(start),
    ]
    guard let policy = policies[String(match.1)] else { return nil }
    let filter = step.firstMatch(of: /filter ([\w.*>]+)/).flatMap { NATSSubject(String($0.1)) }
    let name = name("c")
    _ = consumer(name, of: stream) { configuration in
      configuration.deliverPolicy = policy
      configuration.filterSubject = filter
    }
    let found = pull(1_000, name, of: stream)
    return [
      .list(
        found.map {
          .list([.text($0.body), .number($0.streamSequence), .number($0.consumerSequence)])
        })
    ]
  }

  private mutating func deduplicate(_ step: String) -> JSONText? {
    guard let id = step.firstMatch(of: /\b(id\d+)\b/) else { return nil }
    var subject = "d.a"
    if let window = step.firstMatch(of: /^dedup window ([\d.]+) s/) {
      let span = TimeSpan(seconds: Double(window.1) ?? 0)
      add("D", ["d.>"]) { $0.duplicateWindow = span }
      firstAt = now
    } else if let later = step.firstMatch(of: /^([\d.]+) s later/) {
      pass(later.1)
    } else if let after = step.firstMatch(of: /^([\d.]+) s after first/) {
      now = firstAt + TimeSpan(seconds: Double(after.1) ?? 0)
      _ = server.step(.wake, at: now)
    } else if step.contains("again") {
      subject = "d.other"
    } else if step != id.1 {
      return nil
    }
    return publish(JetStreamPublication(subject, step, id: String(id.1)))
  }

  private mutating func expect(_ step: String) -> JSONText? {
    guard let match = step.firstMatch(of: /^Nats-Expected-([\w-]+) (\w+)/) else { return nil }
    var message = JetStreamPublication(
      step.contains("new subject") ? name("d.new") : "d.a", step)
    let value = String(match.2)
    switch match.1 {
    case "Last-Sequence": message.expectedLastSequence = Int(value)
    case "Last-Subject-Sequence": message.expectedLastSubjectSequence = Int(value)
    case "Last-Msg-Id": message.expectedLastMsgID = value
    case "Stream":
      message.expectedStream = value
    default: return nil
    }
    return publish(message)
  }

  private mutating func limit(_ step: String) -> [JSONText]? {
    if let match = step.firstMatch(of: /^max_msgs (\d+) discard (old|new), (\d+) published/) {
      let stream = name("L")
      limited.append(stream)
      add(stream, ["\(stream).x"]) { configuration in
        configuration.maxMsgs = Int(match.1)
        configuration.discard = match.2 == "old" ? .old : .new
      }
      let acks = (0..<(Int(match.3) ?? 0)).map { number in
        publish(JetStreamPublication("\(stream).x", "m\(number)"))
      }
      return [.list(acks), state(stream)]
    }
    if let match = step.firstMatch(of: /^max_msgs_per_subject (\d+): ([\w,]+)/) {
      let stream = name("P")
      add(stream, ["\(stream).*"]) { $0.maxMsgsPerSubject = Int(match.1) }
      let acks = match.2.split(separator: ",").enumerated().map { number, word in
        publish(JetStreamPublication("\(stream).\(word)", "\(word)\(number)"))
      }
      return [.list(acks), state(stream)]
    }
    if let match = step.firstMatch(of: /^max_msg_size (\d+), (\d+) bytes/) {
      let stream = name("S")
      add(stream, [stream]) { $0.maxMsgSize = Int(match.1) }
      return [publish(JetStreamPublication(stream, "", size: Int(match.2)))]
    }
    if let match = step.firstMatch(
      of: /^max_age ([\d.]+) s: published at ([\d.]+) and ([\d.]+), looked at ([\d.]+)/)
    {
      let stream = name("A")
      let start = now
      add(stream, [stream]) { $0.maxAge = TimeSpan(seconds: Double(match.1) ?? 0) }
      for (body, time) in [("1", match.2), ("2", match.3)] {
        now = start + TimeSpan(seconds: Double(time) ?? 0)
        _ = publish(JetStreamPublication(stream, body))
      }
      now = start + TimeSpan(seconds: Double(match.4) ?? 0)
      _ = server.step(.wake, at: now)
      return [state(stream)]
    }
    return nil
  }

  private mutating func retain(_ step: String) -> [JSONText]? {
    switch step {
    case "work-queue retention: after ack of first":
      add("W", ["w.*"]) { $0.retention = .workqueue }
      for body in ["1", "2"] { _ = publish(JetStreamPublication("w.a", body)) }
      _ = consumer("first", of: "W") { $0.filterSubject = NATSSubject("w.a") }
      for delivery in pull(1, "first", of: "W") {
        _ = server.step(
          .acknowledge(
            stream: "W", consumer: "first", sequence: delivery.streamSequence, .ack), at: now)
      }
      return [state("W")]
    case "second consumer on the same work-queue subject":
      let error = consumer("second", of: "W") { $0.filterSubject = NATSSubject("w.a") }
      return error.map { [.number($0.code), .text($0.text)] }
    case "interest retention, no consumers: publish":
      add("I", ["i"]) { $0.retention = .interest }
      return [publish(JetStreamPublication("i", "1")), state("I")]
    default: return nil
    }
  }

  private mutating func remove(_ step: String) -> [JSONText]? {
    guard let stream = limited.first else { return nil }
    if let match = step.firstMatch(of: /^delete_msg seq (\d+) in L1/) {
      let sequence = Int(match.1) ?? 0
      _ = server.step(
        .deleteMessage(stream: stream, sequence: sequence, request: 0), at: now)
      return [state(stream)]
    }
    switch step {
    case "purge L1":
      _ = server.step(.purge(stream: stream, subject: nil, request: 0), at: now)
      return [state(stream)]
    case "publish after purge": return [publish(JetStreamPublication("\(stream).x", "again"))]
    case "publish to a subject no stream has":
      return [publish(JetStreamPublication("nobody.listens", "x"))]
    default: return nil
    }
  }
}
