import Kernel

/// A JetStream server: streams that store what is published, consumers that hand it out.
///
/// One server without replicas. Requests are numbered by their senders and answered by number.
public struct JetStream: Machine {
  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// Make a stream; one that exists with the same configuration is fine.
    case addStream(JetStreamStreamConfiguration, request: Int)
    /// Make a consumer; one of the name that exists is kept as it is.
    case addConsumer(stream: String, JetStreamConsumerConfiguration, request: Int)
    /// Store a message.
    case publish(JetStreamPublication, request: Int)
    /// Send up to `batch` messages, waiting up to `expires` for them, or not at all.
    case pull(
      stream: String, consumer: String, batch: Int, expires: TimeSpan?, noWait: Bool, request: Int)
    /// Push to `client` what a push consumer has; nil: to nobody.
    case attach(stream: String, consumer: String, client: Int?)
    /// What a client says of a message.
    case acknowledge(stream: String, consumer: String, sequence: Int, JetStreamAck)
    /// Delete a message of a stream.
    case deleteMessage(stream: String, sequence: Int, request: Int)
    /// Delete all messages of a stream, or those of a subject.
    case purge(stream: String, subject: NATSSubject?, request: Int)
    /// Time has passed.
    case wake
    /// The server comes back: connections and pulls are gone, streams and consumers are as stored.
    case restarted
  }

  /// What the server asks for or states.
  public enum Output: Sendable, Hashable {
    /// A request was carried out.
    case done(request: Int)
    /// A message is stored, or was before.
    case stored(JetStreamPubAck, stream: String, request: Int)
    /// No stream listens to the subject: a request that nobody answers.
    case noResponders(request: Int)
    /// A request was refused.
    case failed(JetStreamError, request: Int)
    /// A message for a pull.
    case pulled(JetStreamDelivery, stream: String, request: Int)
    /// A message for the client of a push consumer.
    case pushed(JetStreamDelivery, stream: String, client: Int)
    /// A pull has ended: 404 without messages, 408 when its time was over.
    case ended(status: Int, request: Int)
    /// The wait of a message is over; it will be handed out again.
    case timedOut(stream: String, consumer: String, sequence: Int, deliveries: Int)
    /// Advisory: a message was handed out `max_deliver` times and is given up.
    case maxDeliveries(stream: String, JetStreamGivenUp)
    /// A consumer without clients was removed.
    case removed(stream: String, consumer: String)
    /// Wake the server then.
    case wakeMe(Instant)
  }

  /// A stream with its consumers, in the order in which they were made.
  public struct Entry: Sendable, Hashable {
    /// The stream.
    public internal(set) var stream: JetStreamStream
    /// Its consumers.
    public internal(set) var consumers: [JetStreamConsumer] = []
  }

  /// The streams, in the order in which they were made.
  public internal(set) var entries: [Entry] = []

  /// A server without streams.
  public init() {}

  /// The stream called `name`, or nil.
  public func stream(_ name: String) -> JetStreamStream? {
    entries.first { $0.stream.configuration.name == name }?.stream
  }

  /// The consumer of a stream, or nil.
  public func consumer(_ name: String, of stream: String) -> JetStreamConsumer? {
    guard let place = place(of: stream), let index = index(of: name, in: place) else {
      return nil
    }
    return entries[place].consumers[index]
  }

  /// Takes one input.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    passTime(at: now, &outputs)
    switch input {
    case .addStream(let configuration, let request):
      outputs.append(answer(request) { () throws(JetStreamError) in try add(configuration) })
    case .addConsumer(let stream, let configuration, let request):
      outputs.append(
        answer(request) { () throws(JetStreamError) in
          try add(configuration, to: stream, at: now)
        })
    case .publish(let message, let request): publish(message, request, at: now, &outputs)
    case .pull(let stream, let consumer, let batch, let expires, let noWait, let request):
      guard let place = place(of: stream), let index = index(of: consumer, in: place) else {
        return [.failed(.noConsumer, request: request)]
      }
      entries[place].consumers[index].requests.append(
        JetStreamConsumer.Request(
          number: request, left: max(1, batch),
          expires: expires.map { now + $0 } ?? .distantFuture, noWait: noWait))
      entries[place].consumers[index].lastActive = now
    case .attach(let stream, let consumer, let client):
      guard let place = place(of: stream), let index = index(of: consumer, in: place) else {
        return outputs
      }
      entries[place].consumers[index].client = client
      entries[place].consumers[index].lastActive = now
    case .acknowledge(let stream, let consumer, let sequence, let word):
      acknowledge(stream, consumer, sequence, word, at: now, &outputs)
    case .deleteMessage(let stream, let sequence, let request):
      let isGone = place(of: stream).map { entries[$0].stream.remove(sequence) } ?? false
      outputs.append(isGone ? .done(request: request) : .failed(.noMessage, request: request))
    case .purge(let stream, let subject, let request):
      guard let place = place(of: stream) else {
        return outputs + [.failed(.noStream, request: request)]
      }
      entries[place].stream.purge(subject)
      outputs.append(.done(request: request))
    case .wake: break
    case .restarted: restart(at: now)
    }
    for place in entries.indices { serve(place, at: now, &outputs) }
    if let due = nextDue { outputs.append(.wakeMe(due)) }
    return outputs
  }

  private func answer(
    _ request: Int, _ work: () throws(JetStreamError) -> Void
  ) -> Output {
    do {
      try work()
      return .done(request: request)
    } catch {
      return .failed(error, request: request)
    }
  }

  func place(of stream: String) -> Int? {
    entries.firstIndex { $0.stream.configuration.name == stream }
  }

  func index(of consumer: String, in place: Int) -> Int? {
    entries[place].consumers.firstIndex { $0.configuration.name == consumer }
  }

  private mutating func publish(
    _ message: JetStreamPublication, _ request: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let place = entries.firstIndex(where: { $0.stream.listens(to: message.subject) }) else {
      outputs.append(.noResponders(request: request))
      return
    }
    let hasInterest = entries[place].consumers.contains { $0.wants(message.subject) }
    switch entries[place].stream.store(message, hasInterest: hasInterest, at: now) {
    case .success(let ack):
      outputs.append(
        .stored(ack, stream: entries[place].stream.configuration.name, request: request))
    case .failure(let error): outputs.append(.failed(error, request: request))
    }
  }

  private mutating func acknowledge(
    _ stream: String, _ consumer: String, _ sequence: Int, _ word: JetStreamAck, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let place = place(of: stream), let index = index(of: consumer, in: place) else { return }
    let count = entries[place].consumers[index].deliveries[sequence] ?? 0
    let result = entries[place].consumers[index].take(word, of: sequence, at: now)
    entries[place].consumers[index].lastActive = now
    if result.isGivenUp {
      let given = JetStreamGivenUp(consumer: consumer, sequence: sequence, deliveries: count)
      outputs.append(.maxDeliveries(stream: stream, given))
    }
    for sequence in result.done { release(sequence, in: place) }
  }

  /// Deletes a message that nobody needs any more, where the retention says so.
  private mutating func release(_ sequence: Int, in place: Int) {
    guard let message = entries[place].stream[sequence] else { return }
    switch entries[place].stream.configuration.retention {
    case .limits: break
    case .workqueue: entries[place].stream.remove(sequence)
    case .interest:
      if !entries[place].consumers.contains(where: { $0.needs(message) }) {
        entries[place].stream.remove(sequence)
      }
    }
  }
}
