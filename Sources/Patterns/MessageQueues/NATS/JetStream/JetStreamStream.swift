import Kernel

/// A stream: messages in the order of their sequence, under limits.
///
/// It decides and keeps; who is told is the server's business. Sequences count from 1 and are
/// never used again. Sources: nats.docs, nats-concepts/jetstream/streams.md; recordings of 2.9.10.
public struct JetStreamStream: Sendable, Hashable {
  /// A message as stored.
  public struct Message: Sendable, Hashable {
    /// Its place in the stream, from 1.
    public let sequence: Int
    /// Its subject.
    public let subject: String
    /// What it says.
    public let body: String
    /// Its size, in bytes.
    public let size: Int
    /// Its `Nats-Msg-Id`.
    public let id: String?
    /// When it was stored.
    public let storedAt: Instant
  }

  /// How it is set up.
  public let configuration: JetStreamStreamConfiguration
  /// The sequence of the last message that was ever stored, 0 before the first.
  public internal(set) var lastSequence = 0
  /// The bytes of all messages.
  public internal(set) var bytes = 0
  /// How many messages there are.
  public internal(set) var count = 0
  /// Slot i holds the message of sequence `base + i`, nil when it is gone.
  var slots: [Message?] = []
  var base = 1
  /// The sequences of each subject's messages, in order.
  var sequences: [String: [Int]] = [:]
  var ids: [String: Known] = [:]
  /// The ids in the order of their messages, with those that were forgotten at the front.
  var idOrder: [String] = []
  var lastID = ""
  /// Messages that limits removed.
  public internal(set) var discarded = 0

  struct Known: Sendable, Hashable {
    let sequence: Int
    let at: Instant
  }

  /// An empty stream.
  public init(_ configuration: JetStreamStreamConfiguration) { self.configuration = configuration }

  /// The sequence of the first message, or of the next one when there is none.
  public var firstSequence: Int { base }

  /// The messages, in order.
  public var messages: [Message] { slots.compactMap(\.self) }

  /// The message of `sequence`, or nil when it is gone or yet to come.
  public subscript(sequence: Int) -> Message? {
    let place = sequence - base
    return slots.indices.contains(place) ? slots[place] : nil
  }

  /// The last message of `subject`, or nil.
  public func last(of subject: String) -> Message? { sequences[subject]?.last.flatMap { self[$0] } }

  /// Whether it listens to `subject`.
  public func listens(to subject: String) -> Bool {
    configuration.subjects.contains { $0.matches(subject) }
  }

  /// What becomes of a message: stored under a new sequence, or known by its id already.
  public mutating func store(
    _ message: JetStreamPublication, hasInterest: Bool = true, at now: Instant
  ) -> Result<JetStreamPubAck, JetStreamError> {
    expire(at: now)
    if let name = message.expectedStream, name != configuration.name {
      return .failure(.otherStream)
    }
    if let id = message.id, let known = ids[id],
      !configuration.shortcuts.contains(.ignoresDuplicateWindow)
    {
      return .success(JetStreamPubAck(sequence: known.sequence, isDuplicate: true))
    }
    if let error = disappointed(message) { return .failure(error) }
    if let limit = configuration.maxMsgSize, message.size > limit { return .failure(.tooLarge) }
    if let error = refusal(message) { return .failure(error) }
    lastSequence += 1
    let stored = Message(
      sequence: lastSequence, subject: message.subject, body: message.body, size: message.size,
      id: message.id, storedAt: now)
    lastID = message.id ?? ""
    if let id = message.id {
      ids[id] = Known(sequence: lastSequence, at: now)
      idOrder.append(id)
    }
    if configuration.retention == .interest, !hasInterest {
      if count == 0 { base = lastSequence + 1 } else { slots.append(nil) }
    } else {
      append(stored)
      keepLimits(message.subject)
    }
    return .success(JetStreamPubAck(sequence: lastSequence, isDuplicate: false))
  }

  /// An expectation of the publisher's that does not hold.
  private func disappointed(_ message: JetStreamPublication) -> JetStreamError? {
    if let expected = message.expectedLastSubjectSequence {
      let last = sequences[message.subject]?.last ?? 0
      if last != expected { return .wrongLastSequence(last) }
    }
    if let expected = message.expectedLastSequence, expected != lastSequence {
      return .wrongLastSequence(lastSequence)
    }
    if let expected = message.expectedLastMsgID, expected != lastID {
      return .wrongLastMsgID(lastID)
    }
    return nil
  }

  /// Why a full stream does not take a message, under discard new.
  private func refusal(_ message: JetStreamPublication) -> JetStreamError? {
    guard configuration.discard == .new else { return nil }
    let ofSubject = sequences[message.subject]?.count ?? 0
    // A message that pushes out one of its own subject needs no room.
    if let limit = configuration.maxMsgsPerSubject, ofSubject >= limit { return nil }
    if let limit = configuration.maxMsgs, count >= limit { return .maxMsgs }
    if let limit = configuration.maxBytes, bytes + message.size > limit { return .maxBytes }
    return nil
  }

  private mutating func append(_ message: Message) {
    if count == 0 {
      slots = []
      base = message.sequence
    }
    slots.append(message)
    count += 1
    bytes += message.size
    sequences[message.subject, default: []].append(message.sequence)
  }

  private mutating func keepLimits(_ subject: String) {
    if let limit = configuration.maxMsgsPerSubject {
      while let own = sequences[subject], own.count > limit { discard(own[0]) }
    }
    if let limit = configuration.maxMsgs { while count > limit { discard(base) } }
    if let limit = configuration.maxBytes { while bytes > limit, count > 0 { discard(base) } }
  }

  private mutating func discard(_ sequence: Int) {
    discarded += 1
    remove(sequence)
  }

  /// Removes a message; false when it is not there.
  @discardableResult public mutating func remove(_ sequence: Int) -> Bool {
    guard let message = self[sequence] else { return false }
    slots[sequence - base] = nil
    count -= 1
    bytes -= message.size
    sequences[message.subject]?.removeAll { $0 == sequence }
    if sequences[message.subject]?.isEmpty ?? false { sequences[message.subject] = nil }
    trim()
    return true
  }

  /// Removes every message, or those of `subject`; returns how many.
  @discardableResult public mutating func purge(_ subject: NATSSubject? = nil) -> Int {
    let doomed = messages.filter { subject?.matches($0.subject) ?? true }
    for message in doomed { remove(message.sequence) }
    return doomed.count
  }

  /// Lets `base` be the first message again, or one past the last ever stored.
  private mutating func trim() {
    if count == 0 {
      slots = []
      base = lastSequence + 1
      return
    }
    guard let first = slots.firstIndex(where: { $0 != nil }), first > 0 else { return }
    slots.removeFirst(first)
    base += first
  }

  // MARK: Time

  /// Removes messages that are too old and forgets ids whose window is over.
  public mutating func expire(at now: Instant) {
    if let age = configuration.maxAge {
      while count > 0, let first = self[base], first.storedAt + age <= now { discard(base) }
    }
    var forgotten = 0
    while forgotten < idOrder.count {
      let id = idOrder[forgotten]
      if let known = ids[id], known.at + configuration.duplicateWindow > now { break }
      ids[id] = nil
      forgotten += 1
    }
    if forgotten > 0 { idOrder.removeFirst(forgotten) }
  }

  /// When the next message gets too old, or nil.
  public var nextDue: Instant? {
    guard let age = configuration.maxAge else { return nil }
    return self[base].map { $0.storedAt + age }
  }

  /// Builds its memory of ids from the messages that are still stored, as a restarted server does.
  public mutating func rebuild(at now: Instant) {
    ids = [:]
    idOrder = []
    for message in messages {
      guard let id = message.id, message.storedAt + configuration.duplicateWindow > now else {
        continue
      }
      ids[id] = Known(sequence: message.sequence, at: message.storedAt)
      idOrder.append(id)
    }
  }
}

/// A message handed to JetStream, with what its publisher expects.
public struct JetStreamPublication: Sendable, Hashable {
  /// The subject.
  public var subject: String
  /// What it says.
  public var body: String
  /// Its size, in bytes.
  public var size: Int
  /// `Nats-Msg-Id`: what duplicates are known by.
  public var id: String?
  /// `Nats-Expected-Stream`.
  public var expectedStream: String?
  /// `Nats-Expected-Last-Sequence`.
  public var expectedLastSequence: Int?
  /// `Nats-Expected-Last-Subject-Sequence`; 0 is none yet.
  public var expectedLastSubjectSequence: Int?
  /// `Nats-Expected-Last-Msg-Id`.
  public var expectedLastMsgID: String?

  /// A message without expectations; its size is that of its body unless given.
  public init(_ subject: String, _ body: String, id: String? = nil, size: Int? = nil) {
    self.subject = subject
    self.body = body
    self.id = id
    self.size = size ?? body.utf8.count
  }
}

/// What a publisher learns of a message that JetStream answers for.
public struct JetStreamPubAck: Sendable, Hashable {
  /// Where it is stored.
  public let sequence: Int
  /// Whether it had been stored before, under the same id.
  public let isDuplicate: Bool
}
