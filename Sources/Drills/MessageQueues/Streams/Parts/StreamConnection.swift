import Kernel

/// The broker's end of a connection: what was put on it and not read yet.
///
/// The network holds up to `window` bytes; the rest waits in the broker and is gone when the broker
/// closes the connection. What the network loses is sent again, as TCP does.
struct StreamConnection: Sendable, Equatable {
  /// A message on its way.
  struct Parcel: Sendable, Equatable {
    let item: StreamItem
    let place: Int
    let size: Int
  }

  /// What the buffers of both sockets take together, in bytes; ours.
  static let window = 262_144

  let session: Int
  private var waiting: [Parcel] = []
  private(set) var sent: [Parcel] = []
  private var sentBytes = 0
  private var nextPlace = 0

  init(session: Int) { self.session = session }

  /// Puts a message on the connection; returns what goes out now.
  mutating func put(_ item: StreamItem, size: Int) -> [Parcel] {
    waiting.append(Parcel(item: item, place: nextPlace, size: size))
    nextPlace += 1
    return flow()
  }

  /// The reader has read up to and with `place`; returns the bytes and what goes out now.
  mutating func read(upTo place: Int) -> (bytes: Int, next: [Parcel]) {
    let count = sent.prefix { $0.place <= place }.count
    let bytes = sent.prefix(count).reduce(0) { $0 + $1.size }
    sent.removeFirst(count)
    sentBytes -= bytes
    return (bytes, flow())
  }

  private mutating func flow() -> [Parcel] {
    var going: [Parcel] = []
    while let next = waiting.first, sent.isEmpty || sentBytes + next.size <= Self.window {
      waiting.removeFirst()
      sent.append(next)
      sentBytes += next.size
      going.append(next)
    }
    return going
  }
}

/// The broker's connections to its workers, by node.
struct StreamConnections: Sendable, Equatable {
  private var open: [Int: StreamConnection] = [:]

  /// How often it sends again what nobody has read.
  static let patience = TimeSpan.seconds(1)

  var isEmpty: Bool { open.isEmpty }

  func session(of node: NodeID) -> Int? { open[node.index]?.session }

  mutating func connect(_ node: NodeID, session: Int) {
    open[node.index] = StreamConnection(session: session)
  }

  mutating func close(_ node: NodeID) { open[node.index] = nil }

  mutating func put(
    _ item: StreamItem, size: Int, to node: NodeID, _ outputs: inout [StreamPart.Output]
  ) {
    guard let parcels = open[node.index]?.put(item, size: size) else { return }
    send(parcels, to: node, &outputs)
  }

  /// Takes a reader's word; returns how many bytes that freed.
  mutating func read(
    upTo place: Int, session: Int, by node: NodeID, _ outputs: inout [StreamPart.Output]
  ) -> Int {
    guard open[node.index]?.session == session, let result = open[node.index]?.read(upTo: place)
    else { return 0 }
    send(result.next, to: node, &outputs)
    return result.bytes
  }

  func sendAgain(_ outputs: inout [StreamPart.Output]) {
    for index in open.keys.sorted() {
      send(open[index]?.sent ?? [], to: NodeID(index), &outputs)
    }
  }

  private func send(
    _ parcels: [StreamConnection.Parcel], to node: NodeID, _ outputs: inout [StreamPart.Output]
  ) {
    guard let session = open[node.index]?.session else { return }
    for parcel in parcels {
      outputs.append(
        .send(.pushed(parcel.item, session: session, place: parcel.place), to: node))
    }
  }
}
