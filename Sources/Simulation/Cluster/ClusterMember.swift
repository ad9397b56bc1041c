import Kernel

/// What a cluster keeps for one member besides its machine.
@usableFromInline struct ClusterMember<Family: MachineFamily> {
  /// A timer that has been set.
  @usableFromInline struct Timer {
    @usableFromInline let number: Int
    @usableFromInline let due: Instant
    @usableFromInline let handle: EventHandle
    @usableFromInline let cause: Trace.ID?

    @inlinable init(number: Int, due: Instant, handle: EventHandle, cause: Trace.ID?) {
      self.number = number
      self.due = due
      self.handle = handle
      self.cause = cause
    }
  }

  /// Something on its way out that must not overtake a write.
  @usableFromInline struct Outgoing {
    @usableFromInline enum Body {
      case message(Family.Message, to: NodeID)
      case answer(Family.Answer)
    }

    @usableFromInline let body: Body
    @usableFromInline let cause: Trace.ID?
    /// The number of records that must be durable first.
    @usableFromInline let needs: Int

    @inlinable init(body: Body, cause: Trace.ID?, needs: Int) {
      self.body = body
      self.cause = cause
      self.needs = needs
    }
  }

  @usableFromInline var disk: Disk<Family.Storage>
  @usableFromInline var timers: [Timer] = []
  /// What waits while the process is paused.
  @usableFromInline var held: [Envelope<Family>] = []
  @usableFromInline var outgoing: [Outgoing] = []
  /// Records of this life: written, needed by what is on its way out, covered by the running sync,
  /// and acknowledged.
  @usableFromInline var written = 0
  @usableFromInline var required = 0
  @usableFromInline var syncing = 0
  @usableFromInline var acknowledged = 0
  /// Until when the processor is busy.
  @usableFromInline var busyUntil = Instant.zero
  /// Whether a sync ended while the process was paused.
  @usableFromInline var owesRelease = false
  /// The last recorded event that happened to this node.
  @usableFromInline var lastEvent: Trace.ID?

  @inlinable init(disk: Disk<Family.Storage>) { self.disk = disk }

  /// Forgets everything but the disk, as a crash does.
  @inlinable mutating func loseMemory() {
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
@usableFromInline struct Envelope<Family: MachineFamily> {
  @usableFromInline enum Body {
    case message(Family.Message, from: NodeID)
    case input(Family.Participant.Input)
    case timer(Int)
    case durable(Int)
  }

  @usableFromInline let body: Body
  @usableFromInline let target: NodeID
  @usableFromInline let cause: Trace.ID?
  /// The life of the target that it is meant for; nil when any will do.
  @usableFromInline var life: Int?
  /// Whether the processor is done with it.
  @usableFromInline var isWorked = false

  @inlinable init(body: Body, target: NodeID, cause: Trace.ID?, life: Int? = nil) {
    self.body = body
    self.target = target
    self.cause = cause
    self.life = life
  }

  @inlinable var isMessage: Bool { if case .message = body { true } else { false } }
}

/// Keeps envelopes while they are under way, so that events stay small.
@usableFromInline struct EnvelopeSlab<Family: MachineFamily> {
  @usableFromInline var entries: [Envelope<Family>?] = []
  @usableFromInline var free: [UInt32] = []

  @inlinable init() {}

  @inlinable mutating func put(_ envelope: Envelope<Family>) -> UInt32 {
    if let place = free.popLast() {
      entries[Int(place)] = envelope
      return place
    }
    entries.append(envelope)
    return UInt32(entries.count - 1)
  }

  @inlinable mutating func take(_ place: UInt32) -> Envelope<Family> {
    guard let envelope = entries[Int(place)].take() else {
      preconditionFailure("an envelope was taken twice")
    }
    free.append(place)
    return envelope
  }
}

/// What can happen in a cluster; the numbers are places in its tables.
@usableFromInline enum ClusterEvent {
  case arrival(UInt32)
  case work(UInt32)
  case timer(node: UInt32, number: Int32)
  case synced(node: UInt32, life: UInt32)
  case restart(node: UInt32, life: UInt32)
  case fault
  case alarm(Int)
}
