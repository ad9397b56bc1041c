import Kernel

/// What a cluster keeps for one member besides its machine.
struct ClusterMember<Family: MachineFamily> {
  /// A timer that has been set.
  struct Timer {
    let number: Int
    let due: Instant
    let handle: EventHandle
    let cause: Trace.ID?
  }

  /// Something on its way out that must not overtake a write.
  struct Outgoing {
    enum Body {
      case message(Family.Message, to: NodeID)
      case answer(Family.Answer)
    }

    let body: Body
    let cause: Trace.ID?
    /// The number of records that must be durable first.
    let needs: Int
  }

  var disk: Disk<Family.Storage>
  var timers: [Timer] = []
  /// What waits while the process is paused.
  var held: [Envelope<Family>] = []
  var outgoing: [Outgoing] = []
  /// Records of this life: written, needed by what is on its way out, covered by the running sync,
  /// and acknowledged.
  var written = 0
  var required = 0
  var syncing = 0
  var acknowledged = 0
  /// Until when the processor is busy.
  var busyUntil = Instant.zero
  /// Whether a sync ended while the process was paused.
  var owesRelease = false
  /// The last recorded event that happened to this node.
  var lastEvent: Trace.ID?

  init(disk: Disk<Family.Storage>) { self.disk = disk }

  /// Forgets everything but the disk, as a crash does.
  mutating func loseMemory() {
    disk.crash()
    timers.removeAll(keepingCapacity: true)
    held.removeAll(keepingCapacity: true)
    outgoing.removeAll(keepingCapacity: true)
    written = 0
    required = 0
    syncing = 0
    acknowledged = 0
    busyUntil = .zero
    owesRelease = false
  }
}

/// Something that a member is to take in.
struct Envelope<Family: MachineFamily> {
  enum Body {
    case message(Family.Message, from: NodeID)
    case input(Family.Participant.Input)
    case timer(Int)
    case durable(Int)
  }

  let body: Body
  let target: NodeID
  let cause: Trace.ID?
  /// The life of the target that it is meant for; nil when any will do.
  var life: Int?
  /// Whether the processor is done with it.
  var isWorked = false

  var isMessage: Bool { if case .message = body { true } else { false } }
}

/// Keeps envelopes while they are under way, so that events stay small.
struct EnvelopeSlab<Family: MachineFamily> {
  private var entries: [Envelope<Family>?] = []
  private var free: [UInt32] = []

  mutating func put(_ envelope: Envelope<Family>) -> UInt32 {
    if let place = free.popLast() {
      entries[Int(place)] = envelope
      return place
    }
    entries.append(envelope)
    return UInt32(entries.count - 1)
  }

  mutating func take(_ place: UInt32) -> Envelope<Family> {
    guard let envelope = entries[Int(place)].take() else {
      preconditionFailure("an envelope was taken twice")
    }
    free.append(place)
    return envelope
  }
}

/// What can happen in a cluster; the numbers are places in its tables.
enum ClusterEvent {
  case arrival(UInt32)
  case work(UInt32)
  case timer(node: UInt32, number: Int32)
  case synced(node: UInt32, life: UInt32)
  case restart(node: UInt32, life: UInt32)
  case fault
  case alarm(Int)
}
